import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findProgram } from '../hosts/shells';
import { HOST_KEY_FILES } from './keys';
import type { SshdOptions } from './machine';

/** What a server writes to its log when it takes connections. */
export const LISTENING = 'Server listening on';

/** Servers are in folders that are in the PATH of root alone. */
export function findSshd(): string | undefined {
  return findProgram('sshd', [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/sbin']);
}

interface Place extends SshdOptions {
  address: string;
  port: number;
  /** The folder of its host keys. */
  keysFolder: string;
  authorizedKeys: string;
  /** Variables that every session has. */
  env?: Readonly<Record<string, string>>;
}

/** The configuration of an ssh server as most distributions ship it, but for where it is and whom it lets in. */
export function sshdConfig(sshd: string, place: Place): string {
  const { address, port, keysFolder, authorizedKeys, maxStartups, maxSessions, env = {}, lines = [] } = place;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [
    // What comes first counts.
    ...lines,
    `ListenAddress ${address}`,
    `Port ${port}`,
    ...HOST_KEY_FILES.map((name) => `HostKey ${join(keysFolder, name)}`),
    `AuthorizedKeysFile ${authorizedKeys}`,
    // Its folders belong to whoever runs the tests.
    'StrictModes no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'UsePAM no',
    'PidFile none',
    `MaxStartups ${maxStartups ?? '10:30:100'}`,
    `MaxSessions ${maxSessions ?? 10}`,
    'Subsystem sftp internal-sftp',
    ...(variables.length > 0 ? [`SetEnv ${variables.join(' ')}`] : []),
    // Those who are refused on purpose are no reason to refuse others from the same address.
    ...(hasPenalties(sshd) ? ['PerSourcePenalties no'] : []),
    '',
  ].join('\n');
}

function hasPenalties(sshd: string): boolean {
  // Older ones do not know -V, and name their version when they say so.
  const { stdout, stderr } = spawnSync(sshd, ['-V'], { encoding: 'utf8' });
  const [, major = '0', minor = '0'] = /OpenSSH_(\d+)\.(\d+)/.exec(`${stdout}${stderr}`) ?? [];
  return Number(major) > 9 || (Number(major) === 9 && Number(minor) >= 8);
}
