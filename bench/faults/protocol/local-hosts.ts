import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, makePath } from '../../hosts/shells';
import type { Way } from './client';
import { type Blow, type FaultHost, isAlive, type Kind, read, untilDead } from './hosts';

/** A part of this machine that does as if it were a host: a home, a boot id, and what it runs. */
export class LocalFaultHost implements FaultHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'gantry-faults-host-'));
  readonly blows: readonly Blow[] = ['none', 'supervisor', 'reboot'];
  readonly way: Way;
  readonly #home = join(this.folder, 'home');
  readonly #bootFile = join(this.folder, 'boot');
  #boots = 0;

  constructor(readonly kind: Kind) {
    mkdirSync(this.#home);
    this.#boot();
    const path = kind === 'sh' ? '/usr/local/bin:/usr/bin:/bin' : makePath(kind, join(this.folder, 'bin'));
    const shell = kind === 'sh' ? findProgram('sh')! : join(this.folder, 'bin', 'sh');
    const env = { PATH: path, HOME: this.#home, FAULT_HOST: this.folder, GANTRY_BOOT_ID_FILE: this.#bootFile };
    this.way = { kind: 'local', host: { shell: [shell], env } };
  }

  fileOf(name: string): string {
    return join(this.#home, name);
  }

  processes(): string[] {
    return this.#pids().map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '));
  }

  async endProcess(pid: number): Promise<void> {
    kill(pid);
    await untilDead('/proc', pid);
  }

  async reboot(): Promise<void> {
    // Nothing of the boot that ends sees the one that begins. What is started meanwhile ends too.
    for (let pids = this.#pids(); pids.length > 0; pids = this.#pids()) {
      await Promise.all(pids.map((pid) => this.endProcess(pid)));
    }
    this.#boot();
  }

  cut(): Promise<void> {
    return Promise.reject(new Error('this machine cannot be cut off from itself'));
  }

  remove(): void {
    for (const pid of this.#pids()) kill(pid);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** All that runs on it carries the mark of its logins, as we do not. */
  #pids(): number[] {
    const mark = `FAULT_HOST=${this.folder}\0`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => isAlive('/proc', pid) && read(`/proc/${pid}/environ`).includes(mark));
  }

  #boot(): void {
    this.#boots += 1;
    writeFileSync(this.#bootFile, `boot-${this.#boots}\n`);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
