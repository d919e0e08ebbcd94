import type { Actor } from '../../../base/actor';
import type { DbOrTransaction } from '../../../db/connection';
import { addTags, setVariables } from '../../../db/host-labels';
import { type HostRecord, insertHosts, updateHostsEach } from '../../../db/hosts';
import { addToModules } from '../../../db/module-hosts';
import { auditChanges } from '../../changes';
import type { ImportedHost } from '../../import';
import type { InventoryPlace } from '../../place';
import { keyText } from '../read-rows';
import { notAvailable } from '../taken';
import { ownModule } from '../transfer';
import { applySsh } from './apply-ssh';
import type { FieldChange, Plan, Update } from './plan';
import type { KnownProfile, NewProfile, SshPlan } from './plan-ssh';

/** What is to be done with hosts, and with how they are reached. */
export interface Planned {
  plan: Plan;
  ssh: SshPlan;
}

/** The ids of what a plan made: undefined of what it did not make. */
export interface Applied {
  idOf(imported: ImportedHost): number | undefined;
  profileIdOf(profile: KnownProfile | NewProfile): number | undefined;
}

/** Does what a plan says, in a few statements whatever its size; hosts that somebody else took meanwhile become refused. */
export async function applyPlan(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { plan, ssh }: Planned,
  actor: Actor,
): Promise<Applied & { plan: Plan }> {
  const { made, idOf } = await insertAll(tx, place, plan.create);
  const isMade = (imported: ImportedHost) => idOf(imported) !== undefined;
  const create = plan.create.filter(isMade);
  const overtaken = plan.create.filter((imported) => !isMade(imported));
  const { id: idle } = await ownModule(tx, place, 'idle');
  await addToModules(
    tx,
    made.map(({ id }) => id),
    [idle],
  );
  await updateHostsEach(tx, plan.update.map(rowOf));
  const labelled = [
    ...create.map((imported) => ({ id: idOf(imported)!, tags: imported.tags, variables: imported.variables })),
    ...plan.update.map(({ host, imported: { tags, variables } }) => ({
      id: host.id,
      tags,
      variables: Object.fromEntries(
        Object.entries(variables).filter(([name, value]) => host.variables.get(name) !== value),
      ),
    })),
  ];
  await addTags(
    tx,
    labelled.flatMap(({ id, tags }) => tags.map((tag) => ({ host_id: id, tag }))),
  );
  await setVariables(
    tx,
    labelled.flatMap(({ id, variables }) =>
      Object.entries(variables).map(([name, value]) => ({ host_id: id, name, value })),
    ),
  );
  const known = new Map(plan.update.map(({ imported, host: { id } }) => [imported, id]));
  for (const { imported, host } of plan.unchanged) known.set(imported, host.id);
  const profileIdOf = await applySsh(tx, place, ssh, (imported) => known.get(imported) ?? idOf(imported), actor);
  const profileOf = (imported: ImportedHost) => {
    const profile = ssh.assign.get(imported);
    return (profile && profileIdOf(profile)) ?? null;
  };
  await auditAll(tx, place, actor, { create, made, idOf, idle, update: plan.update, profileOf });
  const refused = overtaken.map((imported) => ({
    imported,
    why: notAvailable({ address: imported.address!, cloud_id: imported.cloudId }).message,
    isTaken: true,
  }));
  return { plan: { ...plan, create, refused: [...plan.refused, ...refused] }, idOf, profileIdOf };
}

async function insertAll(tx: DbOrTransaction, place: InventoryPlace, hosts: readonly ImportedHost[]) {
  const made = await insertHosts<string | null>(
    tx,
    place,
    hosts.map(({ name, address, cloudId, disabled = false }) => ({
      name,
      address,
      cloud_id: cloudId,
      is_disabled: disabled,
    })),
  );
  // Without an address they are told from each other by their names, which the plan has seen to.
  const ids = new Map(made.map((host) => [labelOf(host.address, host.cloud_id, host.name), host.id]));
  const idOf = ({ address, cloudId, name }: ImportedHost) => ids.get(labelOf(address, cloudId, name));
  return { made, idOf };
}

function labelOf(address: string | null, cloud_id: number, name: string): string {
  return address === null ? `named ${name}` : keyText({ address, cloud_id });
}

const NO_COLUMNS = ['tags', 'ssh_profile'];

/** What changes in the row itself; where only tags and variables do, the time when it changed. */
function rowOf({ host, changes }: Update) {
  const columns = changes.filter(({ field }) => !NO_COLUMNS.includes(field) && !field.startsWith('variables.'));
  return { id: host.id, ...valuesOf(columns, 'after') };
}

function valuesOf(changes: readonly FieldChange[], side: 'before' | 'after'): Record<string, never> {
  return Object.fromEntries(changes.map((change) => [change.field, change[side]])) as Record<string, never>;
}

async function auditAll(
  tx: DbOrTransaction,
  place: InventoryPlace,
  actor: Actor,
  {
    create,
    made,
    idOf,
    idle,
    update,
    profileOf,
  }: {
    create: readonly ImportedHost[];
    made: readonly HostRecord[];
    idOf: Applied['idOf'];
    idle: number;
    update: readonly Update[];
    profileOf(imported: ImportedHost): number | null;
  },
): Promise<void> {
  const rows = new Map(made.map((host) => [host.id, host]));
  const created = create.map((imported) => {
    const { tags, variables } = imported;
    const row = { ...rows.get(idOf(imported)!)!, ssh_profile_id: profileOf(imported) };
    return { after: { ...row, tags, variables, modules: [idle] } };
  });
  await auditChanges(tx, place, actor, { what: 'host', action: 'create', changes: created });
  const updated = update.map(({ host: { id }, changes }) => ({
    before: { id, ...valuesOf(changes, 'before') },
    after: { id, ...valuesOf(changes, 'after') },
  }));
  await auditChanges(tx, place, actor, { what: 'host', action: 'update', changes: updated });
}
