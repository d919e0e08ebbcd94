import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Reached, SshWorld } from '../activities/hosts/support';
import { shellWith, TestServer } from '../hosts/ssh/server';
import { Rollouts } from '../support/flows';

/** A host with a home of its own, in which what it ran is read. */
export interface HomeHost {
  id: number;
  home: string;
}

/** An installation whose hosts are shells in this process, each with a home of its own, and rollouts over them. */
export class RolloutWorld {
  readonly #servers: TestServer[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'gantry-rollouts-'));

  private constructor(
    readonly world: SshWorld,
    readonly rollouts: Rollouts,
  ) {}

  static async open(): Promise<RolloutWorld> {
    const world = await SshWorld.open();
    await world.gantry.startWorker({}, '127.0.0.0/8');
    return new RolloutWorld(world, await Rollouts.in(world.gantry, world.project.projectId));
  }

  get gantry() {
    return this.world.gantry;
  }

  /** Makes hosts, in a pool of their own. */
  async hosts(count: number): Promise<HomeHost[]> {
    const hosts: HomeHost[] = [];
    for (let n = 0; n < count; n++) hosts.push(await this.#host({}));
    await this.rollouts.pool(hosts.map(({ id }) => id));
    return hosts;
  }

  /** Makes a host of the default cloud, at an address of this machine that no other one has; it is in no pool. */
  hostAt(address: string, tags: readonly string[] = []): Promise<HomeHost> {
    return this.#host({ address, host: { cloud_id: 0, tags } });
  }

  async #host(reached: Pick<Reached, 'address' | 'host'>): Promise<HomeHost> {
    const home = join(this.#folder, `host${this.#servers.length}`);
    mkdirSync(home);
    const { address } = reached;
    const onCommand = shellWith({ PATH: process.env.PATH, HOME: home });
    const server = await TestServer.listen({ onCommand, ...(address ? { address } : {}) });
    this.#servers.push(server);
    return { home, id: await this.world.host({ server, ...reached }) };
  }

  async close(): Promise<void> {
    await this.world.close();
    await Promise.all(this.#servers.map((server) => server.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The lines of a file of a host; none when it is not there. */
export function linesOf({ home }: HomeHost, file = 'ran'): string[] {
  const path = join(home, file);
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

export function put({ home }: HomeHost, file: string, text = ''): void {
  writeFileSync(join(home, file), text);
}

export function remove({ home }: HomeHost, file: string): void {
  rmSync(join(home, file), { force: true });
}
