import type { Db } from '../../../db/connection';
import { findProvided } from '../../../db/provided-hosts';
import { transact } from '../../../db/transaction';
import { takeSpares } from '../../../inventory/hosts/provided';
import type { KeepMachines, Machine, ProviderRequest, VmProvider } from '../provider';

/** Hosts of the project that wait for work: those with a tag that are in no pool. They need nobody who makes machines. */
export class SpareHosts implements VmProvider {
  readonly name = 'spare';
  readonly isAtomic = true;
  readonly keepsHosts = true;

  /** @param tag by which they are found; `{type}` in it is the type of machine that is asked for */
  constructor(
    private readonly db: Db,
    private readonly tag: string,
  ) {}

  async ask(
    { projectId }: ProviderRequest,
    { typeId, flowHostIds }: { typeId: number; flowHostIds: readonly number[] },
    keep: KeepMachines,
  ): Promise<string> {
    const tag = this.tag.replaceAll('{type}', String(typeId));
    return transact(this.db, async (tx) => {
      const spares = await takeSpares(tx, { projectId, tag, count: flowHostIds.length });
      const given = spares.map(({ id }, at) => ({ flowHostId: flowHostIds[at]!, vmId: String(id), hostId: id }));
      await keep(tx, given);
      const took = spares.map(({ id, address }) => `${address} (host ${id})`).join(', ') || 'none';
      return `took of the hosts with the tag ${tag}: ${took}`;
    });
  }

  /** They are there as long as they are hosts of the project. */
  async look({ projectId }: ProviderRequest, vmIds: readonly string[]): Promise<Map<string, Machine>> {
    const found = await findProvided(this.db, projectId, vmIds.map(Number));
    const machines = [...found.values()].map(({ id, address }): [string, Machine] => [
      String(id),
      { state: 'ready', words: 'it is there', address: address ?? undefined },
    ]);
    return new Map(machines);
  }

  /** Nobody is to be told: who is in no pool is spare. */
  async askBack(): Promise<void> {}
}
