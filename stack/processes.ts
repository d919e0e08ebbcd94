import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Availability } from './availability';
import { openLog } from './files';
import { type Home, logFileOf } from './home';
import { startTimeOf } from './identity';
import { removePidFile, writePidFile } from './pid-files';
import type { StackFile } from './record';

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process that we started, in its own process group, with its output in a log file. */
export interface Managed {
  name: string;
  pid: number;
  child: ChildProcess;
  logFile: string;
  /** Fulfilled when it has ended, never rejected. */
  exited: Promise<Exit>;
  helpers: 'group' | 'none';
}

export interface SpawnOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Run as this user and group; only root may ask for it. */
  user?: { uid: number; gid: number };
  /** `ipc`: a message channel, on which services say that they are ready. */
  channel?: 'ipc' | 'none';
  /** `group`: it starts helpers (a compiler does) that have to end with it. */
  helpers?: 'group' | 'none';
}

/** One step of ending a process: the signal, and how long to wait for its effect. */
export interface StopStep {
  signal: NodeJS.Signals;
  waitMs: number;
}

/** Thrown instead of starting anything once the stop has begun. */
export class StoppingError extends Error {
  override readonly name = 'StoppingError';
}

/**
 * The processes of the stack. Everything is started through here, and so everything is in stack.json, has a
 * pid file, and can be stopped.
 */
export class ProcessTable {
  /** Those of its processes, and of other servers, that the others live of. */
  readonly backends = new Availability();
  readonly #home: Home;
  readonly #record: StackFile;
  readonly #running = new Map<string, Managed>();
  #closed = false;

  constructor(home: Home, record: StackFile) {
    this.#home = home;
    this.#record = record;
  }

  /** True once the stop has begun: an exit is expected then, and nothing is started any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** From here on `start` refuses; what runs goes on until `stop`. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Starts a process, detached: Ctrl-C in the terminal reaches it only through us, in the right order.
   *
   * @throws StoppingError after `close`; Error when the command cannot be run
   */
  async start(name: string, command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Managed> {
    if (this.#closed) throw new StoppingError(`not starting ${name}: stopping`);
    if (this.#running.has(name)) throw new Error(`${name} runs already`);
    const logFile = logFileOf(this.#home, name);
    const log = openLog(logFile);
    let child: ChildProcess;
    try {
      child = spawn(command, args, {
        cwd: options.cwd,
        env: options.env ?? process.env,
        detached: true,
        stdio: options.channel === 'ipc' ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
        ...options.user,
      });
    } finally {
      fs.closeSync(log);
    }
    if (child.pid === undefined) {
      const error = await new Promise<Error>((resolve) => child.once('error', resolve));
      throw new Error(`${name} could not be started: ${error.message}`, { cause: error });
    }
    const identity = { pid: child.pid, startTime: startTimeOf(child.pid) ?? '' };
    writePidFile(this.#home, name, identity);
    this.#record.setProcess(name, identity);
    child.on('error', () => {}); // A failed message or signal to a process that is just ending.
    const managed: Managed = {
      name,
      pid: child.pid,
      child,
      logFile,
      exited: exitOf(child),
      helpers: options.helpers ?? 'none',
    };
    this.#running.set(name, managed);
    void managed.exited.then(() => {
      this.#running.delete(name);
      removePidFile(this.#home, name);
      this.#record.clearProcess(name);
    });
    return managed;
  }

  /** Ends one process by the given steps, each only if the one before had no effect. Returns when it is gone. */
  async stop(name: string, steps: readonly StopStep[]): Promise<void> {
    const managed = this.#running.get(name);
    if (!managed) return;
    for (const { signal, waitMs } of steps) {
      managed.child.kill(signal);
      if (await endsWithin(managed, waitMs)) {
        if (managed.helpers === 'group') killGroup(managed.pid);
        return;
      }
    }
    killGroup(managed.pid);
    await managed.exited;
  }

  /** The names of what runs now. */
  names(): string[] {
    return [...this.#running.keys()];
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

async function endsWithin(managed: Managed, waitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(waitMs, 'late', { signal: timer.signal }).catch(() => 'late');
  const first = await Promise.race([managed.exited, late]);
  timer.abort();
  return first !== 'late';
}

/** The whole group: compilers and npm have helpers that outlive their parent. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}
