import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pino from 'pino';
import { pickPorts } from '../../stack/ports';
import { waitForTemporal } from '../../stack/temporal-ready';
import type { TemporalConfig } from '../../temporal/connection';

let isQuiet = false;

/** Loaded when there is to be a worker: it is a good part of all that a suite of the API would load. */
export const loadWorker = (): typeof import('../../worker/worker') => require('../../worker/worker');

/** Keeps the SDK's log out of the tests' output; a runtime can be installed once for each test file. */
export function quietRuntime(): void {
  if (!isQuiet) loadWorker().installRuntime(pino({ level: process.env.GANTRY_LOG_LEVEL ?? 'silent' }));
  isQuiet = true;
}

/** The Temporal server that `npm test` booted. */
export function temporal(): TemporalConfig {
  const address = process.env.TEMPORAL_ADDRESS;
  if (!address) throw new Error('TEMPORAL_ADDRESS is not set: run the tests with `npm test`');
  return { address, namespace: 'default' };
}

/** A Temporal server of its own, kept in memory; it asks runs of more than `suggestAfterEvents` events to be carried over. */
export async function startShortHistories(
  suggestAfterEvents: number,
): Promise<TemporalConfig & { stop(): Promise<void> }> {
  const binary = process.env.GANTRY_TEST_TEMPORAL;
  if (!binary) throw new Error('GANTRY_TEST_TEMPORAL is not set: run the tests with `npm test`');
  const { frontend, ui, http, metrics } = await pickPorts(['frontend', 'ui', 'http', 'metrics'], {});
  const attributes = ['GantryTaskId=Int', 'GantryProjectId=Int', 'GantryTemplateId=Keyword', 'GantryTaskState=Keyword'];
  const child = spawn(
    binary,
    [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'error', '--headless'],
      ...['--port', `${frontend}`, '--ui-port', `${ui}`, '--http-port', `${http}`, '--metrics-port', `${metrics}`],
      ...['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${suggestAfterEvents}`],
      ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
      ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=1000'],
      ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="5ms"'],
      ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
    ],
    { stdio: 'ignore' },
  );
  const address = `127.0.0.1:${frontend}`;
  await waitForTemporal(address, 'default');
  return {
    address,
    namespace: 'default',
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
