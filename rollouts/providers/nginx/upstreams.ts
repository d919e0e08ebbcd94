import { type Progress, type ProviderRequest, Refused, type ServiceDiscovery, Unanswered } from '../provider';
import type { NginxUpstream } from '../settings';

/** What is changed of the upstream of a host that runs nginx. */
interface Change {
  operation: 'register' | 'unregister';
  file: string;
  upstream: string;
  servers: readonly string[];
  config: string | null;
}

/** How the hosts that run nginx are reached. */
export interface NginxHosts {
  changeUpstream(
    host: { projectId: number; address: string; username: string; account: string | null },
    change: Change,
    signal: AbortSignal,
  ): Promise<{ lines: string[] } | { problem: string; isKnown: boolean }>;
}

/** Whoever the installation has set it up for: in their name nginx' hosts are reached. */
const USERNAME = 'gantry';

/** Hosts as servers of upstreams in files of nginx, changed over ssh. They need no service discovery. */
export class NginxUpstreams implements ServiceDiscovery {
  readonly name = 'nginx';
  readonly isRepeatable = true;

  constructor(
    private readonly hosts: NginxHosts,
    private readonly upstreams: ReadonlyMap<number, NginxUpstream>,
  ) {}

  async ask(
    { projectId, signal }: ProviderRequest,
    { operation, targetId, addresses }: Parameters<ServiceDiscovery['ask']>[1],
  ): Promise<Progress> {
    const target = this.upstreams.get(targetId);
    if (!target) throw new Refused(`GANTRY_NGINX_UPSTREAMS has no upstream ${targetId}`);
    const { file, upstream, port, account, config } = target;
    const change = { operation, file, upstream, config, servers: addresses.map((address) => serverOf(address, port)) };
    const said: string[] = [];
    for (const address of target.hosts) {
      const of = { projectId, address, username: USERNAME, account };
      const done = await this.hosts.changeUpstream(of, change, signal);
      if ('problem' in done) throw new (done.isKnown ? Refused : Unanswered)(done.problem);
      said.push(`${address}: ${done.lines.join(', ')}`);
    }
    return { state: 'done', words: `${upstream} at ${said.join('; ')}` };
  }

  /** All is done when it is asked for. */
  async look(): Promise<undefined> {
    return undefined;
  }
}

function serverOf(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
