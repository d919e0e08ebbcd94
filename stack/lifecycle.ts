import type { Boot } from './backends';
import type { Home } from './home';
import { ownIdentity } from './identity';
import { endLeftovers } from './leftovers';
import { lockHome } from './lock';
import { messageOf, say } from './output';
import { removePidFile, writePidFile } from './pid-files';
import { POSTGRES_STOP } from './postgres';
import { ProcessTable, type StopStep } from './processes';
import { emptyRecord, readRecord, StackFile, type StackRecord } from './record';
import { SERVICE_STOP } from './services';
import { TEMPORAL_STOP } from './temporal';

/** Helpers of a boot (initdb, a compiler) have nothing to lose. */
const HELPER_STOP: readonly StopStep[] = [{ signal: 'SIGTERM', waitMs: 1_500 }];

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Why the stack ends. */
type Ending = { kind: 'signal'; signal: keyof typeof EXIT_CODES } | { kind: 'failure'; error: unknown };

/**
 * Runs a stack on a home from lock to release: ends what a killed start left behind, boots, waits for a signal (or for
 * `boot` to return an exit code), and stops everything that was started.
 *
 * @param boot starts the processes through `boot.table`; it calls `onReady` when the stack serves, and may go on after
 *   that. A returned number ends the stack with that exit code; undefined keeps it until a signal.
 * @returns the exit code: 0 for a stop after ready, 129/130/143 for one during boot, 1 for a failure
 */
export async function runStack(
  home: Home,
  boot: (boot: Boot, onReady: () => void) => Promise<number | undefined>,
): Promise<number> {
  const stop = new AbortController();
  const ending = waitForEnding(stop);
  let unlock: () => void;
  let earlier: StackRecord;
  let record: StackFile;
  try {
    unlock = await lockHome(home);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
  try {
    earlier = readRecord(home.stackFile);
    // The earlier processes stay in the file until they are known to be gone.
    record = new StackFile(home.stackFile, {
      ...emptyRecord(),
      ports: earlier.ports,
      processes: { ...earlier.processes, supervisor: ownIdentity() },
    });
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    unlock();
    return 1;
  }
  writePidFile(home, 'supervisor', ownIdentity());
  const table = new ProcessTable(home, record);
  let ready = false;

  async function bootAndServe(): Promise<number> {
    await endLeftovers(home, earlier);
    for (const name of Object.keys(earlier.processes)) if (name !== 'supervisor') record.clearProcess(name);
    const code = await boot({ home, table, record, signal: stop.signal }, () => {
      ready = true;
      record.setState('ready');
    });
    return code ?? new Promise<never>(() => {});
  }

  const outcome = await Promise.race([
    ending,
    bootAndServe().catch((error: unknown): Ending => ({ kind: 'failure', error })),
  ]);
  stop.abort();
  table.close();
  record.setState('stopping');
  if (typeof outcome !== 'number') announce(outcome);
  await stopAll(table);
  removePidFile(home, 'supervisor');
  record.clearProcess('supervisor');
  record.setState('stopped');
  unlock();
  if (typeof outcome === 'number') return outcome;
  if (outcome.kind === 'failure') return 1;
  say('stopped');
  return ready ? 0 : EXIT_CODES[outcome.signal];
}

/** Fulfilled with the first reason to stop; later ones change nothing, as the stop is bounded anyway. */
function waitForEnding(stop: AbortController): Promise<Ending> {
  return new Promise((resolve) => {
    const end = (ending: Ending) => {
      stop.abort();
      resolve(ending);
    };
    for (const signal of Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]) {
      process.on(signal, () => end({ kind: 'signal', signal }));
    }
    // The launcher was killed: nobody could stop us any more.
    process.on('disconnect', () => end({ kind: 'signal', signal: 'SIGTERM' }));
    // A bug of ours must not leave processes behind.
    process.on('uncaughtException', (error) => end({ kind: 'failure', error }));
    process.on('unhandledRejection', (error) => end({ kind: 'failure', error }));
  });
}

function announce(ending: Ending): void {
  if (ending.kind === 'signal') say(`${ending.signal}: stopping`);
  else process.stderr.write(`Gantry stops: ${messageOf(ending.error)}\n`);
}

/** In the order in which they need each other, each bounded: together they stay below 10 s. */
async function stopAll(table: ProcessTable): Promise<void> {
  const helpers = Promise.all(['initdb', 'temporal-build'].map((name) => table.stop(name, HELPER_STOP)));
  // The API first, so that no request meets a worker that is gone, but a slow one does not hold up the worker's end.
  await Promise.all([table.stop('api', SERVICE_STOP), table.stop('worker', SERVICE_STOP)]);
  await Promise.all([helpers, table.stop('temporal', TEMPORAL_STOP), table.stop('postgres', POSTGRES_STOP)]);
}
