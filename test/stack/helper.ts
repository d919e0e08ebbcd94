import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openHome } from '../../stack/home';
import { isAlive, type ProcessIdentity } from '../../stack/identity';
import { pickPorts } from '../../stack/ports';
import { removeHome } from '../../stack/postgres-user';
import { readRecord, type StackRecord } from '../../stack/record';
import { eventually } from '../support/eventually';

const CLONE = path.resolve(__dirname, '..', '..');
/** How long a stack, or a part of one, may take to do anything beside others. */
export const STACK_PATIENCE = { withinMs: 90_000 };

/** A running `npm start` (without npm) and what it has printed. */
export interface Started {
  child: ChildProcess;
  output(): string;
  /** Fulfilled when the output holds `text`; rejected, with the output, when the process ends before or 90 s pass. */
  printed(text: string): Promise<void>;
  /**
   * Fulfilled when it has ended, with its exit code; null when killed by a signal.
   *
   * @throws Error with the output when that lasts longer than 90 s
   */
  exited(): Promise<number | null>;
}

/** A folder for a home, not made yet, below a new temporary folder with the given mode. */
export function newHome(parentMode = 0o755): string {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-stack-'));
  fs.chmodSync(parent, parentMode);
  return path.join(parent, 'home');
}

/** Runs scripts/start.js on a home with embedded servers, whatever the suite itself uses. */
export function startStack(home: string, port: number, args: string[] = ['--no-example']): Started {
  const env: NodeJS.ProcessEnv = { ...process.env, GANTRY_HOME: home, GANTRY_PORT: String(port) };
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'npm_lifecycle_event']) {
    delete env[name];
  }
  // The IPC channel ends the stack when this test process is killed.
  const child = spawn(process.execPath, [path.join(CLONE, 'scripts', 'start.js'), ...args], {
    cwd: os.tmpdir(),
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  let code: number | null | undefined;
  child.once('close', (exitCode) => (code = exitCode));

  async function printed(wanted: string): Promise<void> {
    const look = () => {
      if (!text.includes(wanted) && code !== undefined)
        throw new Error(`it ended without "${wanted}"; the output is:\n${text}`);
      return text;
    };
    await eventually(`"${wanted}" is printed`, look, {
      ...STACK_PATIENCE,
      isWanted: (printed) => printed.includes(wanted),
    });
  }
  async function exited(): Promise<number | null> {
    await eventually('it has ended', () => text, { ...STACK_PATIENCE, isWanted: () => code !== undefined });
    return code ?? null;
  }
  return { child, output: () => text, printed, exited };
}

export function recordOf(home: string): StackRecord {
  return readRecord(path.join(home, 'stack.json'));
}

/** The recorded processes that are alive, by name. */
export function aliveOf(processes: Record<string, ProcessIdentity>): string[] {
  return Object.keys(processes).filter((name) => isAlive(processes[name]!));
}

/** Kills without asking what a failed test left, and removes the home. */
export function discardHome(home: string): void {
  for (const identity of Object.values(recordOf(home).processes)) {
    if (isAlive(identity)) process.kill(identity.pid, 'SIGKILL');
  }
  if (fs.existsSync(home)) removeHome(openHome(home));
  fs.rmSync(path.dirname(home), { recursive: true, force: true });
}

/** A port that nobody listens on, and that no outgoing connection of other suites takes before a stack does. */
export async function freePort(): Promise<number> {
  return (await pickPorts(['api'], {})).api;
}
