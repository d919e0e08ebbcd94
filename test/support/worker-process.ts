import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporal } from './temporal';

const MAIN = join(__dirname, '../../dist/cli/main.js');

/** A worker, or an API, as its own process, to be killed. Made by the build that `npm test` begins with. */
export class WorkerProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** @param log file for all that it says; without it, errors go to the output of the tests */
  static async start(
    databaseUrl: string,
    env: Record<string, string> = {},
    service: 'worker' | 'api' = 'worker',
    log?: string,
  ): Promise<WorkerProcess> {
    const said = log === undefined ? undefined : openSync(log, 'w');
    const child = spawn(process.execPath, [MAIN, service], {
      stdio: ['ignore', said ?? 'ignore', said ?? 'inherit', 'ipc'],
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: temporal().address,
        GANTRY_LOG_LEVEL: 'error',
        ...env,
      },
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`the ${service} ended with code ${code}`)));
    });
    return new WorkerProcess(child);
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.isAlive) return Promise.resolve();
    return new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.kill(signal);
    });
  }
}

/** A port that nobody has right now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
