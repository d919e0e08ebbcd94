import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../hosts/shells';
import { findSshd } from './sshd';

/** What kind of machines can be had, and, where it is not the best one, why. */
export type Here =
  | { kind: 'namespaces'; why: '' }
  /** Ssh servers on addresses of 127.0.0.0/8: they are not machines of their own, and cannot be cut off or rebooted. */
  | { kind: 'loopback'; why: string }
  | { kind: 'none'; why: string };

const TOOLS = ['ip', 'unshare', 'nsenter', 'mount', 'chroot'];
/** linux/capability.h */
const CAP_NET_ADMIN = 12;

/** Tries what the first process of a set, and a machine, do with the file system and the network. */
const TRIAL = `
mount -t tmpfs tmp "$1" && cd "$1" && mkdir upper work root || { echo "no file system can be mounted"; exit 1; }
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" root || { echo "no overlay of / can be mounted"; exit 1; }
mount -t proc proc root/proc && echo 1 >root/proc/sys/net/ipv4/ip_forward || { echo "the network cannot be set up"; exit 1; }
ip link add trial0 type veth peer name trial1 || { echo "no link between networks can be made"; exit 1; }
[ -x "root$2" ] || { echo "$2 is not on the file system that / is"; exit 1; }
`;

let known: Here | undefined;

/** Finds out, once in a process, what kind of machines can be had here. */
export function machinesHere(): Here {
  known ??= look();
  return known;
}

function look(): Here {
  const wanted = process.env.GANTRY_MACHINES;
  if (wanted === 'none') return { kind: 'none', why: 'GANTRY_MACHINES says so' };
  if (process.platform !== 'linux') return { kind: 'none', why: 'this is not Linux' };
  const sshd = findSshd();
  if (sshd === undefined) {
    return { kind: 'none', why: 'there is no sshd (npm run test:hosts -- --install installs what is needed)' };
  }
  if (wanted === 'loopback') return { kind: 'loopback', why: 'GANTRY_MACHINES says so' };
  const why = whyNoNamespaces(sshd);
  return why === undefined ? { kind: 'namespaces', why: '' } : { kind: 'loopback', why };
}

function whyNoNamespaces(sshd: string): string | undefined {
  if (process.getuid?.() !== 0) return 'machines of their own need root';
  const missing = TOOLS.find((tool) => findProgram(tool) === undefined);
  if (missing) return `there is no ${missing}`;
  const [, capabilities = '0'] = /CapEff:\s*([0-9a-f]+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (((BigInt(`0x${capabilities}`) >> BigInt(CAP_NET_ADMIN)) & 1n) === 0n)
    return 'this root may not change the network';
  const folder = mkdtempSync(join(tmpdir(), 'gantry-machines-trial-'));
  try {
    const spaces = ['--mount', '--net', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
    const { status, stdout, stderr } = spawnSync('unshare', [...spaces, 'sh', '-c', TRIAL, 'sh', folder, sshd], {
      encoding: 'utf8',
    });
    if (status === 0) return undefined;
    return [stdout || 'no namespaces can be made', stderr].map((text) => text.trim()).join(': ');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
