import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalHost } from '../../hosts/local';
import { findProgram, makePath, SHELLS, type Shell } from '../../hosts/shells';

const DEAD_EVERY_MS = 5;

/** The shells that hosts are given in turn: `sh` is whatever this machine has by that name. */
export const KINDS = ['sh', ...SHELLS] as const;
export type Kind = 'sh' | Shell;

export const present = (): Kind[] => KINDS.filter((kind) => findProgram(kind) !== undefined);

/** A part of this machine that does as if it were a host: a home, a boot id, and what it runs. */
export class FaultHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'gantry-faults-host-'));
  readonly home = join(this.folder, 'home');
  readonly local: LocalHost;
  readonly #bootFile = join(this.folder, 'boot');
  #boots = 0;

  constructor(readonly kind: Kind) {
    mkdirSync(this.home);
    this.#boot();
    const path = kind === 'sh' ? '/usr/local/bin:/usr/bin:/bin' : makePath(kind, join(this.folder, 'bin'));
    const shell = kind === 'sh' ? findProgram('sh')! : join(this.folder, 'bin', 'sh');
    this.local = {
      shell: [shell],
      env: { PATH: path, HOME: this.home, FAULT_HOST: this.folder, GANTRY_BOOT_ID_FILE: this.#bootFile },
    };
  }

  /** The file of a run on this host. */
  fileOf(id: string, name: string): string {
    return join(this.home, '.gantry', 'runs', id, name);
  }

  /** All that runs on it: it carries the mark of its logins, as we do not. */
  processes(): number[] {
    const mark = `FAULT_HOST=${this.folder}\0`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => isAlive(pid) && read(`/proc/${pid}/environ`).includes(mark));
  }

  /** Ends everything at once, as a loss of power does; what begins after that begins in another boot. */
  async reboot(): Promise<void> {
    // Nothing of the boot that ends sees the one that begins.
    await Promise.all(this.processes().map(end));
    this.#boot();
  }

  remove(): void {
    for (const pid of this.processes()) kill(pid);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #boot(): void {
    this.#boots += 1;
    writeFileSync(this.#bootFile, `boot-${this.#boots}\n`);
  }
}

/** Kills a process; resolves when it does nothing more. */
export async function end(pid: number): Promise<void> {
  while (isAlive(pid)) {
    kill(pid);
    await delay(DEAD_EVERY_MS);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Not so what has ended and was not yet heard of by who started it. */
function isAlive(pid: number): boolean {
  return /\) [^ZX] /.test(read(`/proc/${pid}/stat`));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
