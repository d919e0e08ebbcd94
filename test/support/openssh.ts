import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What ssh takes for a name, as `ssh -G` tells it; or that it refuses the configuration, or would go to itself. */
export type SshAnswer =
  | { refused: true }
  | { loop: true }
  | { hostname: string; port: number; user?: string; proxyjump?: string; proxycommand?: string };

/** The first OpenSSH that takes arguments apart as all later ones do. */
const OLDEST = [8, 7] as const;

/** The OpenSSH that is installed, if there is one that can be compared with: `OpenSSH_9.2p1 ...`. */
export function opensshVersion(): string | undefined {
  const said = spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr?.trim() ?? '';
  const [, major, minor] = /^OpenSSH_(\d+)\.(\d+)/.exec(said) ?? [];
  if (major === undefined) return undefined;
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  return isOld ? undefined : said;
}

/** Asks ssh what it takes for names by a configuration. */
export function askOpenssh(text: string, names: readonly string[]): SshAnswer[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-ssh-'));
  try {
    const file = path.join(folder, 'config');
    fs.writeFileSync(file, text);
    return names.map((name) => answerIn(spawnSync('ssh', ['-G', '-F', file, '--', name], { encoding: 'utf8' })));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function answerIn({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }): SshAnswer {
  if (stderr.includes('jumphost loop')) return { loop: true };
  if (status !== 0) return { refused: true };
  const values = new Map(stdout.split('\n').map((line) => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1)]));
  const [user, proxyjump, proxycommand] = ['user', 'proxyjump', 'proxycommand'].map((name) => values.get(name));
  return {
    hostname: values.get('hostname')!,
    port: Number(values.get('port')),
    ...(user === os.userInfo().username ? {} : { user }),
    ...(proxyjump === undefined ? {} : { proxyjump }),
    ...(proxycommand === undefined ? {} : { proxycommand }),
  } as SshAnswer;
}
