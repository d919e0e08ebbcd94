import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { HostKey } from '../../hosts/ssh/route';
import { findProgram, linkApplets } from '../hosts/shells';
import { ended, runProgram, until } from './commands';
import type { Ground } from './ground';
import type { KeyPair } from './key-pair';
import { writeHostKeys } from './keys';
import type { Machine, SshdOptions, Tools } from './machine';
import { findSshd, LISTENING, sshdConfig } from './sshd';
import { ACCOUNTS, BUSYBOX_FOLDER, HAS_HOME, USERS } from './users';

const BOOT = join(__dirname, 'boot.sh');
const KEYS_FOLDER = '/etc/ssh/machine';
const ROOT_ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', USER: 'root' };

interface Options {
  number: number;
  tools: Tools;
  userKey: KeyPair;
  sshd: SshdOptions;
}

/** A machine in namespaces of its own: network, root file system, processes, name, boot id. */
export class NamespaceMachine implements Machine {
  readonly name: string;
  readonly address: string;
  readonly port = 22;
  readonly user = 'root';
  readonly home = '/root';
  readonly userKey: string;
  keys: readonly HostKey[];
  readonly #ground: Ground;
  readonly #number: number;
  /** Its folder on the disk of the set, as it is called there and as we reach it. */
  readonly #folder: string;
  readonly #disk: string;
  readonly #sshd: string;
  #child: ChildProcess | undefined;
  #first = 0;
  #listened = 0;

  constructor(ground: Ground, { number, tools, userKey, sshd }: Options) {
    this.#ground = ground;
    this.#number = number;
    this.#sshd = findSshd()!;
    this.#folder = join(ground.claim.folder, String(number));
    this.#disk = join(ground.disk, String(number));
    this.name = `gm${ground.claim.number}h${number}`;
    this.address = `${ground.net}.${number}`;
    this.userKey = userKey.private;
    for (const folder of ['upper', 'work', 'root', 'home/root'])
      mkdirSync(join(this.#disk, folder), { recursive: true });
    chmodSync(join(this.#disk, 'home/root'), 0o700);
    const etc = join(this.#disk, 'upper/etc');
    mkdirSync(etc);
    for (const [file, lines] of Object.entries(ACCOUNTS)) {
      writeFileSync(join(etc, file), `${lines}${file === 'sudoers' ? '' : read(`/etc/${file}`)}`, {
        mode: MODES[file] ?? 0o644,
      });
    }
    writeFileSync(join(etc, 'hosts'), `127.0.0.1 localhost\n${this.address} ${this.name}\n`);
    this.keys = writeHostKeys(join(this.#disk, 'upper', KEYS_FOLDER));
    writeFileSync(join(etc, 'ssh/machine_authorized_keys'), `${userKey.public}\n`);
    const place = { ...sshd, address: this.address, port: this.port, keysFolder: KEYS_FOLDER };
    const env: Record<string, string> = tools === 'busybox' ? { PATH: BUSYBOX_FOLDER } : {};
    writeFileSync(
      join(etc, 'ssh/machine_sshd_config'),
      sshdConfig(this.#sshd, { ...place, authorizedKeys: '/etc/ssh/machine_authorized_keys', env }),
    );
    this.#layOutShells(tools);
    for (const user of USERS.filter(HAS_HOME)) {
      const home = join(this.#disk, user.home);
      mkdirSync(home, { mode: 0o755 });
      if (user.name !== 'unwritable') chownSync(home, user.id, user.id);
    }
  }

  /** The homes that are disks of their own, and the first boot. */
  async start(): Promise<void> {
    const homes = Object.entries(HOME_DISKS).map(([name, options]) => {
      const { id, home } = USERS.find((user) => user.name === name)!;
      return `mount -t tmpfs -o ${options},mode=755,uid=${id},gid=${id} ${name} ${this.#folder}${home}\n`;
    });
    await this.#onGround(['--mount', '--root', '--wd'], 'sh', ['-e'], homes.join(''));
    await this.#boot();
  }

  get disks(): readonly string[] {
    return [this.#disk, this.path('/tmp'), this.path('/run')];
  }

  path(file: string): string {
    return `/proc/${this.#first}/root${file}`;
  }

  shell(command: string): Promise<string> {
    const spaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd'];
    return runProgram('nsenter', ['--target', String(this.#first), ...spaces, 'sh', '-c', command], '', ROOT_ENV);
  }

  async reboot(): Promise<void> {
    await this.stop();
    await this.#boot();
  }

  async cut(): Promise<void> {
    // Packets are thrown away; nobody is told that there is no way.
    await this.#ip(`link set m${this.#number} down`, `route replace blackhole ${this.address}/32`);
  }

  async heal(): Promise<void> {
    await this.#ip(`link set m${this.#number} up`, `route replace ${this.address}/32 dev m${this.#number}`);
  }

  async newHostKey(): Promise<void> {
    this.keys = writeHostKeys(this.path(KEYS_FOLDER));
    const seen = this.#listened;
    process.kill(this.#first, 'SIGHUP');
    await this.#untilListening(seen);
  }

  /** Ends everything on it at once; what was connected hears nothing of it. */
  async stop(): Promise<void> {
    if (!this.#child) return;
    await this.#ip(`link del m${this.#number}`).catch(() => {
      // It has none when it did not come up.
    });
    if (this.#first > 0) process.kill(this.#first, 'SIGKILL');
    else this.#child.kill('SIGKILL');
    await ended(this.#child);
    this.#child = undefined;
    this.#first = 0;
  }

  async #boot(): Promise<void> {
    const log = openSync(join(this.#disk, LOG), 'a');
    const seen = this.#countListening();
    const { pid, net } = this.#ground;
    const spaces = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
    const words = [BOOT, this.#folder, this.name, net, this.#number, pid, this.#sshd].map(String);
    this.#child = spawn(
      'nsenter',
      ['--target', String(pid), '--mount', '--net', '--pid', '--root', '--wd', 'unshare', ...spaces, 'sh', ...words],
      { stdio: ['ignore', log, log] },
    );
    closeSync(log);
    await this.#untilListening(seen);
    this.#first = Number(readFileSync(join(this.#disk, 'first'), 'utf8'));
  }

  async #untilListening(seen: number): Promise<void> {
    const child = this.#child!;
    await until(
      `waited for ${this.name} to take connections`,
      () => this.#countListening() > seen,
      () => read(join(this.#disk, LOG)).slice(-2000),
      () => child.exitCode !== null || child.signalCode !== null,
    );
    this.#listened = this.#countListening();
  }

  #countListening(): number {
    return read(join(this.#disk, LOG)).split(LISTENING).length - 1;
  }

  #ip(...lines: string[]): Promise<string> {
    return this.#onGround(['--net'], 'ip', ['-batch', '-'], `${lines.join('\n')}\n`);
  }

  #onGround(spaces: string[], program: string, args: string[], input: string): Promise<string> {
    return runProgram('nsenter', ['--target', String(this.#ground.pid), ...spaces, program, ...args], input);
  }

  #layOutShells(tools: Tools): void {
    const busybox = findProgram('busybox');
    if (busybox) linkApplets(busybox, join(this.#disk, 'upper', BUSYBOX_FOLDER));
    if (tools === 'sh') return;
    // /bin is a link on most.
    const folder = join(this.#disk, 'upper', realpathSync('/bin'));
    mkdirSync(folder, { recursive: true });
    symlinkSync(findProgram(tools)!, join(folder, 'sh'));
  }
}

const LOG = 'sshd.log';
const MODES: Readonly<Record<string, number>> = { shadow: 0o600, sudoers: 0o440 };
/** Homes on a disk of their own, and how it is mounted. */
const HOME_DISKS: Readonly<Record<string, string>> = { small: 'size=256k', noexec: 'size=16m,noexec' };

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
