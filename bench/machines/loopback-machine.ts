import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { HostKey } from '../../hosts/ssh/route';
import { makePath } from '../hosts/shells';
import { ended, runProgram, until } from './commands';
import type { KeyPair } from './key-pair';
import { writeHostKeys } from './keys';
import type { Machine, SshdOptions, Tools } from './machine';
import type { Claim } from './sets';
import { findSshd, LISTENING, sshdConfig } from './sshd';

const PORT = 2222;
/** Ends the server when whoever started this does, whatever the reason. */
const HOLD = '"$@" & server=$!; (cat >/dev/null; kill $server) <&3 & wait $server; kill $! 2>/dev/null';

interface Options {
  number: number;
  tools: Tools;
  userKey: KeyPair;
  sshd: SshdOptions;
}

/** An ssh server on an address of 127.0.0.0/8 that lets in as whoever runs it, in a home of its own. */
export class LoopbackMachine implements Machine {
  readonly name: string;
  readonly address: string;
  readonly port = PORT;
  readonly user = userInfo().username;
  readonly home: string;
  readonly userKey: string;
  keys: readonly HostKey[];
  readonly #claim: Claim;
  readonly #folder: string;
  readonly #sshd: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  constructor(claim: Claim, { number, tools, userKey, sshd }: Options) {
    this.#claim = claim;
    this.#sshd = findSshd()!;
    this.#folder = join(claim.folder, String(number));
    this.name = `gm${claim.number}h${number}`;
    // The first networks of 127.0.0.0/8 are in use by others on some machines.
    this.address = `127.${77 + (claim.number >> 8)}.${claim.number & 255}.${number}`;
    this.home = join(this.#folder, 'home');
    this.userKey = userKey.private;
    mkdirSync(this.home, { recursive: true });
    this.keys = writeHostKeys(join(this.#folder, 'keys'));
    writeFileSync(join(this.#folder, 'authorized_keys'), `${userKey.public}\n`);
    this.#env = {
      HOME: this.home,
      [MARK]: this.#folder,
      ...(tools === 'sh' ? {} : { PATH: makePath(tools, join(this.#folder, 'bin')) }),
    };
    writeFileSync(
      join(this.#folder, 'sshd_config'),
      sshdConfig(this.#sshd, {
        ...sshd,
        address: this.address,
        port: PORT,
        keysFolder: join(this.#folder, 'keys'),
        authorizedKeys: join(this.#folder, 'authorized_keys'),
        env: this.#env,
      }),
    );
  }

  async start(): Promise<void> {
    // Its package makes this one when the machine boots.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
    const log = openSync(join(this.#folder, LOG), 'w');
    this.#child = spawn(
      'sh',
      ['-c', `exec 3<&0; ${HOLD}`, 'sh', this.#sshd, '-D', '-e', '-f', join(this.#folder, 'sshd_config')],
      { stdio: ['pipe', log, log] },
    );
    closeSync(log);
    const child = this.#child;
    await until(
      `waited for ${this.name} to take connections`,
      () => this.#log().includes(LISTENING),
      () => this.#log().slice(-2000),
      () => child.exitCode !== null || child.signalCode !== null,
    );
    this.#claim.record(child.pid!);
  }

  get disks(): readonly string[] {
    return [this.#folder];
  }

  path(file: string): string {
    return file;
  }

  shell(command: string): Promise<string> {
    return runProgram('sh', ['-c', command], '', { ...process.env, ...this.#env });
  }

  reboot(): Promise<void> {
    return this.#cannot('be rebooted');
  }

  cut(): Promise<void> {
    return this.#cannot('be cut off');
  }

  heal(): Promise<void> {
    return this.#cannot('be cut off');
  }

  async newHostKey(): Promise<void> {
    await this.#endServer();
    this.keys = writeHostKeys(join(this.#folder, 'keys'));
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#endServer();
    for (const pid of processesWith(`${MARK}=${this.#folder}\0`)) kill(pid);
  }

  async #endServer(): Promise<void> {
    if (!this.#child) return;
    this.#child.stdin!.destroy();
    await ended(this.#child);
    this.#child = undefined;
  }

  #cannot(what: string): Promise<never> {
    return Promise.reject(new Error(`${this.name} is an ssh server of this machine and cannot ${what}`));
  }

  #log(): string {
    return readFileSync(join(this.#folder, LOG), 'utf8');
  }
}

const LOG = 'sshd.log';
/** What all sessions have in their environment. */
const MARK = 'GANTRY_MACHINE';

function processesWith(mark: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!(pid > 0)) return false;
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
