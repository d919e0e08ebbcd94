import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server, Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { hereOpened, type TimerGlobals, Timers } from './timers';

interface Thing {
  /** What it is; undefined once it is closed. */
  describe(): string | undefined;
  /** Whose stack says where it was opened. */
  opened: Error;
}

/** Frames of a stack that are nobody's of ours. */
const FOREIGN = /node_modules|node:|leaks\/(opened|timers|environment)\.ts/;

/**
 * Watches what is opened from now on: connections (of Postgres and Temporal clients, and any other), servers, child
 * processes, threads (of a worker, of previews) and timers.
 */
export class Opened {
  readonly #things = new Set<Thing>();
  readonly #connect = Socket.prototype.connect;
  readonly #listen = Server.prototype.listen;
  readonly #run = AsyncLocalStorage.prototype.run;
  readonly #storages = new Set<AsyncLocalStorage<unknown>>();
  readonly #timers: Timers;

  constructor(globals: TimerGlobals) {
    this.#timers = new Timers(globals);
    const things = this;
    const { connect, listen } = { connect: this.#connect, listen: this.#listen };
    Socket.prototype.connect = function (this: Socket, ...args: Parameters<typeof connect>) {
      things.#watchSocket(this);
      return connect.apply(this, args);
    } as typeof connect;
    Server.prototype.listen = function (this: Server, ...args: Parameters<typeof listen>) {
      things.#watchServer(this);
      return listen.apply(this, args);
    } as typeof listen;
    this.#noteStorages();
    subscribe('child_process', this.#watchChild);
    subscribe('worker_threads', this.#watchThread);
  }

  /** Lets go of everything, so that the next suite begins anew. */
  stop(): void {
    Socket.prototype.connect = this.#connect;
    Server.prototype.listen = this.#listen;
    AsyncLocalStorage.prototype.run = this.#run;
    // Node asks each that was ever used whenever anything is begun, in all suites that come after.
    for (const storage of this.#storages) storage.disable();
    unsubscribe('child_process', this.#watchChild);
    unsubscribe('worker_threads', this.#watchThread);
    this.#timers.stop();
    this.#things.clear();
  }

  /** What is open, each with the place in our code where it was opened. */
  left(): string[] {
    const things = [...this.#things].flatMap(({ describe, opened }) => {
      const what = describe();
      return what === undefined ? [] : [`${what}, opened ${placeOf(opened)}`];
    });
    return [...things, ...this.#timers.left().map(({ kind, opened }) => `${kind}, opened ${placeOf(opened)}`)];
  }

  #noteStorages(): void {
    const storages = this.#storages;
    const run = this.#run as (this: AsyncLocalStorage<unknown>, ...args: unknown[]) => unknown;
    AsyncLocalStorage.prototype.run = function (this: AsyncLocalStorage<unknown>, ...args: unknown[]) {
      storages.add(this);
      return run.apply(this, args);
    } as typeof AsyncLocalStorage.prototype.run;
  }

  #watch(describe: Thing['describe']): Thing {
    const thing = { describe, opened: hereOpened() };
    this.#things.add(thing);
    return thing;
  }

  #watchSocket(socket: Socket): void {
    let address = 'nobody';
    socket.once('connect', () => (address = `${socket.remoteAddress}:${socket.remotePort}`));
    const thing = this.#watch(() => (socket.destroyed ? undefined : `a connection to ${address}`));
    socket.once('close', () => this.#things.delete(thing));
  }

  #watchServer(server: Server): void {
    this.#watch(() => (server.listening ? `a server at ${JSON.stringify(server.address())}` : undefined));
  }

  #watchChild = (message: unknown): void => {
    const child = (message as { process: ChildProcess }).process;
    this.#watch(() => {
      const isOver = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
      return isOver ? undefined : `the process ${child.pid} (${child.spawnargs.join(' ').slice(0, 200)})`;
    });
  };

  #watchThread = (message: unknown): void => {
    const { worker } = message as { worker: Worker };
    // A thread that has ended has no number any more.
    this.#watch(() => (worker.threadId === -1 ? undefined : `the thread ${worker.threadId}`));
  };
}

function placeOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').slice(1);
  return (frames.find((frame) => !FOREIGN.test(frame)) ?? frames.at(-1) ?? 'somewhere').trim();
}
