import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Run, start } from '../../../hosts/attach';
import { HelperError } from '../../../hosts/helper-error';
import type { RunState } from '../../../hosts/run-state';
import { SshPool } from '../../../hosts/ssh/pool';
import type { Route } from '../../../hosts/ssh/route';
import { TransportError, type TransportProblem } from '../../../hosts/transport';
import { type LocalHost, LocalTransport } from '../../hosts/local';

/** How a client gets to its host. */
export type Way = { kind: 'local'; host: LocalHost } | { kind: 'ssh'; route: Route; become?: readonly string[] };

/** What a client is told, as JSON in a file whose name is its only argument. */
export interface Order {
  way: Way;
  run: Omit<Run, 'script'> & { script: string };
  /** Where it keeps the log, and how it ended; who comes after it goes on from there. */
  logFile: string;
  endFile: string;
}

/** What comes and goes with hosts and links. Whoever meets it asks again, which is to start again. */
const PASSING: readonly TransportProblem[] = ['unreachable', 'refused', 'busy', 'lost'];
const AGAIN_MS = 100;

/**
 * A client that may be killed at any moment: it starts a run, whoever did before, keeps what is new of its log, and writes
 * down how it ended.
 */
async function main({ way, run, logFile, endFile }: Order): Promise<void> {
  const pool = new SshPool({ allows: () => true, pin: () => Promise.reject(new Error('nothing is to be pinned')) });
  const target =
    way.kind === 'local'
      ? { transport: new LocalTransport(way.host) }
      : { transport: pool.transport(way.route), become: way.become };
  const attempt = () =>
    start(
      target,
      { ...run, script: Buffer.from(run.script) },
      {
        offset: existsSync(logFile) ? statSync(logFile).size : 0,
        seconds: 10,
        onLog: (bytes) => appendFileSync(logFile, bytes),
      },
    );
  let state: RunState | undefined;
  while (state === undefined || state.kind === 'running' || state.kind === 'orphan') {
    try {
      ({ state } = await attempt());
    } catch (error) {
      if (!isPassing(error)) throw error;
      await delay(AGAIN_MS);
    }
  }
  writeFileSync(endFile, JSON.stringify(state));
  await pool.close();
}

function isPassing(error: unknown): boolean {
  if (error instanceof TransportError) return PASSING.includes(error.problem);
  return error instanceof HelperError && error.problem === 'no_answer';
}

/** How a run ended as its client wrote it down; undefined while none has. */
export function readEndFile(endFile: string): RunState | undefined {
  try {
    return JSON.parse(readFileSync(endFile, 'utf8')) as RunState;
  } catch {
    return undefined;
  }
}

if (require.main === module) {
  main(JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Order).catch((error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  });
}
