import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalTransport } from '../../bench/hosts/local';
import { findProgram, makePath, SHELLS, type Shell } from '../../bench/hosts/shells';
import { type Follow, poll, type Run, start, type Target } from '../../hosts/attach';
import { HELPER, helperCommand } from '../../hosts/helper';
import type { RunState } from '../../hosts/run-state';
import { eventually } from '../support/eventually';

/** The shells of this machine that can be `sh` of a host, and those that its tests leave out. */
export const PRESENT = SHELLS.filter((shell) => findProgram(shell) !== undefined);
export const ABSENT = SHELLS.filter((shell) => findProgram(shell) === undefined);

/** What a suite says of a tool that is not there, as the name of a test that asserts just that. */
export function leavesOut(name: string): [name: string, check: () => void] {
  return [`leave out ${name}, which this machine has not got`, () => expect(findProgram(name)).toBeUndefined()];
}

interface HostOptions {
  shell?: Shell;
  /** A login shell that is not the host's `sh`. */
  login?: readonly string[];
  env?: Record<string, string>;
  onCut?: 'leave' | 'kill';
}

/** A host of a test: this machine with a home of its own. */
export class TestHost implements Target {
  readonly folder = mkdtempSync(join(tmpdir(), 'gantry-host-'));
  readonly home = join(this.folder, 'home');
  readonly transport: LocalTransport;
  #mark: string;

  constructor({ shell = 'dash', login, env = {}, onCut }: HostOptions = {}) {
    mkdirSync(this.home);
    const path = makePath(shell, join(this.folder, 'bin'));
    this.#mark = `TEST_HOST=${this.folder}\0`;
    this.transport = new LocalTransport({
      shell: login ?? [join(this.folder, 'bin', 'sh')],
      env: { PATH: path, HOME: this.home, TEST_HOST: this.folder, ...env },
      ...(onCut && { onCut }),
    });
  }

  /** A folder of a run. */
  run(id: string): string {
    return join(this.home, '.gantry', 'runs', id);
  }

  read(name: string): string {
    return readFileSync(join(this.home, name), 'utf8');
  }

  /** How many lines a file of the home has; 0 where there is none. */
  lines(name: string): number {
    try {
      return this.read(name).split('\n').length - 1;
    } catch {
      return 0;
    }
  }

  /** All that runs on this host: what carries the mark of its logins in its environment, as we do not. */
  processes(): number[] {
    return processesWith(this.#mark);
  }

  /** Resolves when nothing runs on it any more. */
  async quiet(): Promise<void> {
    await eventually('nothing runs on the host', () => this.processes().map(commandOf), {
      isWanted: ({ length }) => length === 0,
    });
  }

  /** Ends everything on it and takes it away. */
  remove(): void {
    for (const pid of this.processes()) endProcess(pid);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function processesWith(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readProc(pid, 'environ').includes(mark) && isAlive(pid))
    .map(Number);
}

/** What carries the mark of a run. */
export function processesOfRun(id: string): number[] {
  return processesWith(`GANTRY_RUN=${id};`);
}

export function commandOf(pid: number): string {
  return readProc(pid, 'cmdline').replaceAll('\0', ' ');
}

export function readProc(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** Not so what has ended and was not yet heard of by who started it. */
export function isAlive(pid: number | string): boolean {
  return /\) [^ZX] /.test(readProc(pid, 'stat'));
}

export function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

export function runOf(id: string, script: string | Uint8Array, more: Partial<Run> = {}): Run {
  return {
    id,
    interpreter: 'sh',
    script: Buffer.from(script),
    block: 'set --\n',
    timeoutSeconds: 60,
    maxLogBytes: 20_000_000,
    ...more,
  };
}

/** A log as a client keeps it. */
export class KeptLog {
  #chunks: Buffer[] = [];
  #length = 0;

  /** What goes on from where this log is. */
  follow(more: Partial<Follow> = {}): Follow {
    return {
      offset: this.#length,
      seconds: 20,
      onLog: (bytes, from) => {
        if (from !== this.#length) throw new Error(`the log is kept up to ${this.#length}, and ${from} came`);
        this.#chunks.push(Buffer.from(bytes));
        this.#length += bytes.length;
      },
      ...more,
    };
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }
}

/** Starts a run, and waits for nothing, by a helper in which something was replaced: as if the host had done it so. */
export async function startOtherwise(
  host: TestHost,
  { id, block, script, interpreter, timeoutSeconds, maxLogBytes }: Run,
  { token, replaced, by }: { token: string; replaced: string; by: string },
): Promise<void> {
  const other = HELPER.replace(replaced, () => by);
  if (other === HELPER) throw new Error(`the helper has not got what is to be replaced: ${replaced}`);
  const words = [token, id, '-', timeoutSeconds, maxLogBytes, block.length, script.length, 0, 0, interpreter];
  const command = helperCommand('start', words).replaceAll(`=${HELPER.length} `, `=${other.length} `);
  await host.transport.exec(command, { stdin: [Buffer.from(other), Buffer.from(block), script], onStdout: () => {} });
}

export interface Finished {
  state: RunState;
  log: KeptLog;
}

/** Starts a run and follows it until nothing more comes of it. */
export async function runToEnd(target: Target, run: Run, log = new KeptLog()): Promise<Finished> {
  let { state } = await start(target, run, log.follow());
  while (state.kind === 'running' || state.kind === 'orphan') {
    ({ state } = await poll(target, run.id, log.follow()));
  }
  return { state, log };
}

/** An end by itself, with the code. */
export function ended(code: number | null, more: object = {}): unknown {
  return expect.objectContaining({ kind: 'ended', why: 'exit', code, isCut: false, ...more });
}
