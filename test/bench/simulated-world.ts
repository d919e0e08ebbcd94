import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflows } from '../../bench/bundle';
import { addressesOf } from '../../bench/hosts/addresses';
import { makeHosts } from '../../bench/hosts/inventory';
import { SIMULATED, SimulatedPool } from '../../bench/hosts/simulated-pool';
import { seal } from '../../secrets/token';
import { type RunningWorker, startWorker } from '../../worker/worker';
import { Gantry } from '../support/gantry';
import { newPublicKey } from '../support/ssh-inventory';

/** An installation whose worker takes hosts for such as answer at once, as that of the bench does. */
export class SimulatedWorld {
  #networks = 0;

  private constructor(
    readonly gantry: Gantry,
    private readonly worker: RunningWorker,
    private readonly profileId: number,
    private readonly folder: string,
  ) {}

  static async open(): Promise<SimulatedWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-'));
    const gantry = await Gantry.create();
    const { services, server, installation } = gantry;
    const bundle = await bundleWorkflows(folder);
    const worker = await startWorker({ services, server, installation }, { bundle, pool: new SimulatedPool('') });
    return new SimulatedWorld(gantry, worker, await makeProfile(gantry), folder);
  }

  /** Makes hosts with a tag; their addresses. */
  async hosts(tag: string, count: number): Promise<string[]> {
    const addresses = addressesOf(`${SIMULATED}${10 * this.#networks++}`, count);
    await makeHosts(this.gantry.db, { tag, profileId: this.profileId, addresses, key: newPublicKey() });
    return addresses;
  }

  async close(): Promise<void> {
    await this.worker.stop();
    await this.gantry.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function makeProfile({ db }: Gantry): Promise<number> {
  const credential = await db
    .insertInto('credentials')
    .values({
      project_id: 1,
      name: 'simulated',
      kind: 'password',
      secret: JSON.stringify({ password: seal('not asked', 1) }),
      created_by: 'tester',
      rotated_by: 'tester',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const profile = await db
    .insertInto('ssh_profiles')
    .values({ project_id: 1, name: 'simulated', credential_id: credential.id })
    .returning('id')
    .executeTakeFirstOrThrow();
  return profile.id;
}
