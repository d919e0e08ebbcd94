import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { temporal } from './temporal';

const MAIN = join(__dirname, '../../dist/cli/main.js');

/** A worker, or an API, as its own process, to be killed. Made by the build that `npm test` begins with. */
export class WorkerProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(
    databaseUrl: string,
    env: Record<string, string> = {},
    service: 'worker' | 'api' = 'worker',
  ): Promise<WorkerProcess> {
    const child = spawn(process.execPath, [MAIN, service], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
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
