import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type Run, start } from '../../../hosts/attach';
import type { RunState } from '../../../hosts/run-state';
import { type LocalHost, LocalTransport } from '../../hosts/local';

/** What a client is told, as JSON in its only argument. */
export interface Order {
  host: LocalHost;
  run: Omit<Run, 'script'> & { script: string };
  /** Where it keeps the log, and how it ended; who comes after it goes on from there. */
  logFile: string;
  endFile: string;
}

/**
 * A client that may be killed at any moment: it starts a run, whoever did before, keeps what is new of its log, and writes
 * down how it ended.
 */
async function main(order: Order): Promise<void> {
  const { host, run, logFile, endFile } = order;
  const target = { transport: new LocalTransport(host) };
  let state: RunState;
  do {
    ({ state } = await start(
      target,
      { ...run, script: Buffer.from(run.script) },
      {
        offset: existsSync(logFile) ? statSync(logFile).size : 0,
        seconds: 10,
        onLog: (bytes) => appendFileSync(logFile, bytes),
      },
    ));
  } while (state.kind === 'running' || state.kind === 'orphan');
  writeFileSync(endFile, JSON.stringify(state));
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
  main(JSON.parse(process.argv[2]!) as Order).catch((error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exitCode = 1;
  });
}
