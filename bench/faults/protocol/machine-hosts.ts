import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Route } from '../../../hosts/ssh/route';
import type { Machine, Tools } from '../../machines/machine';
import { type Machines, openMachines } from '../../machines/machines';
import { hopTo } from '../../machines/route';
import type { Way } from './client';
import { type Blow, type FaultHost, present, read, untilDead } from './hosts';

/** By which way a run comes to its host: as whom one logs in, whom one becomes, and whether by another host. */
interface Login {
  tools: Tools;
  user: string;
  become?: string;
  jump?: 'first';
}

/** One for each host. The login shell of root is the machine's `sh`; the others have the shell that they are named after. */
const LOGINS: readonly Login[] = [
  { tools: 'sh', user: 'root' },
  { tools: 'dash', user: 'app' },
  { tools: 'bash', user: 'root' },
  { tools: 'busybox', user: 'root' },
  { tools: 'sh', user: 'tcsh' },
  { tools: 'bash', user: 'bash' },
  { tools: 'busybox', user: 'busybox' },
  { tools: 'dash', user: 'dash', jump: 'first' },
  { tools: 'sh', user: 'deploy', become: 'app' },
  { tools: 'busybox', user: 'app' },
];

/** A real host, reached by ssh. */
class MachineFaultHost implements FaultHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'gantry-faults-host-'));
  readonly blows: readonly Blow[] = ['none', 'supervisor', 'reboot', 'cut'];
  readonly kind: string;
  readonly way: Way;
  readonly #home: string;

  constructor(
    readonly machine: Machine,
    { tools, user, become, jump }: Login,
    route: Route,
  ) {
    const how = `${become ? `, then ${become}` : ''}${jump ? `, by the ${jump}` : ''}`;
    this.kind = `${tools} as ${user}${how}`;
    this.way = { kind: 'ssh', route, ...(become && { become: ['sudo', '-n', '-H', '-u', become] }) };
    const owner = become ?? user;
    this.#home = owner === 'root' ? '/root' : `/home/${owner}`;
  }

  fileOf(name: string): string {
    return this.machine.path(join(this.#home, name));
  }

  processes(): string[] {
    const proc = this.machine.path('/proc');
    return readdirSync(proc)
      .filter((name) => /^\d+$/.test(name) && read(join(proc, name, 'comm')) !== 'sshd\n')
      .map((pid) => read(join(proc, pid, 'cmdline')).replaceAll('\0', ' '))
      .filter((command) => command !== '');
  }

  async endProcess(pid: number): Promise<void> {
    await this.machine.shell(`kill -KILL ${pid} || :`);
    await untilDead(this.machine.path('/proc'), pid);
  }

  reboot(): Promise<void> {
    return this.machine.reboot();
  }

  async cut(forMs: number): Promise<void> {
    await this.machine.cut();
    await delay(forMs);
    await this.machine.heal();
  }
}

/** Opens real hosts, as many as there are ways in; each is reached by one of them. */
export async function openMachineHosts(): Promise<{ hosts: FaultHost[]; close(): Promise<void> }> {
  const tools = present();
  const logins = LOGINS.map((login) => (tools.includes(login.tools) ? login : { ...login, tools: 'sh' as const }));
  const machines = await openMachines({ count: logins.length, tools: logins.map((login) => login.tools) });
  const hosts = logins.map((login, index) => {
    return new MachineFaultHost(machines.hosts[index]!, login, routeTo(machines, index, login));
  });
  const close = async () => {
    await machines.close();
    for (const { folder } of hosts) rmSync(folder, { recursive: true, force: true });
  };
  return { hosts, close };
}

function routeTo({ hosts }: Machines, index: number, { user, jump }: Login): Route {
  const hop = hopTo(hosts[index]!, { hostId: index + 1, user });
  return jump ? [hopTo(hosts[0]!, { hostId: 1 }), hop] : [hop];
}
