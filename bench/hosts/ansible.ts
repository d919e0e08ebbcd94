import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../machines/commands';
import type { Machines } from '../machines/machines';

const VERSION = '2.19.14';

/** Ansible as it comes from PyPI, with hosts to work on and what to do there. */
export interface Ansible {
  /** Does all of it once. @throws Error with what it said when a host failed */
  run(): Promise<void>;
}

/**
 * Puts ansible-core into a folder of its own in the user's cache, where it is found the next time.
 *
 * @returns its folder of programs
 * @throws Error where it cannot be had
 */
export async function installAnsible(): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'gantry-bench', `ansible-core-${VERSION}`);
  const bin = join(folder, 'bin');
  if (existsSync(join(folder, 'complete'))) return bin;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await runProgram('python3', ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ansible-core==${VERSION}`];
  await runProgram(join(bin, 'python3'), pip);
  writeFileSync(join(folder, 'complete'), '');
  return bin;
}

/** Makes it ready to run some one-line commands, one after the other, on machines: with pipelining, all hosts at a time. */
export function prepareAnsible(bin: string, { hosts, folder }: Machines, commands: readonly string[]): Ansible {
  const file = (name: string) => join(folder, name);
  const write = (name: string, lines: readonly string[], mode = 0o644) =>
    writeFileSync(file(name), `${lines.join('\n')}\n`, { mode });
  writeFileSync(file('ansible-key'), hosts[0]!.userKey, { mode: 0o600 });
  write(
    'ansible-known',
    hosts.flatMap(({ address, port, keys }) =>
      keys.map(({ type, key }) => `${port === 22 ? address : `[${address}]:${port}`} ${type} ${key}`),
    ),
  );
  write(
    'ansible-hosts',
    hosts.map(({ name, address, port, user }) => {
      const login = `ansible_user=${user} ansible_ssh_private_key_file=${file('ansible-key')}`;
      return `${name} ansible_host=${address} ansible_port=${port} ${login} ansible_python_interpreter=/usr/bin/python3`;
    }),
  );
  write('ansible.cfg', [
    '[defaults]',
    `forks = ${hosts.length}`,
    `inventory = ${file('ansible-hosts')}`,
    `local_tmp = ${file('ansible-tmp')}`,
    '[ssh_connection]',
    'pipelining = True',
    `ssh_args = -C -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${file('ansible-known')}`,
    `control_path_dir = ${file('ansible-cp')}`,
  ]);
  // JSON is YAML.
  const tasks = commands.map((command, index) => ({ name: `step ${index + 1}`, 'ansible.builtin.shell': command }));
  write('ansible-play.yml', [JSON.stringify([{ hosts: 'all', gather_facts: false, tasks }])]);
  const env = { ...process.env, ANSIBLE_CONFIG: file('ansible.cfg'), ANSIBLE_NOCOWS: '1' };
  return {
    async run() {
      await runProgram(join(bin, 'ansible-playbook'), [file('ansible-play.yml')], '', env);
    },
  };
}
