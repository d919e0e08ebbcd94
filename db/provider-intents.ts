import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type ProviderIntent = Selectable<Database['provider_intents']>;

/** What was asked for hosts of flows in a step, by host. */
export async function findIntents(
  db: DbOrTransaction,
  step: string,
  flowHostIds: readonly number[],
): Promise<Map<number, ProviderIntent>> {
  const rows = await db
    .selectFrom('provider_intents')
    .selectAll()
    .where('step', '=', step)
    .where(sql<boolean>`flow_host_id = any (${flowHostIds}::integer[])`)
    .execute();
  return new Map(rows.map((row) => [row.flow_host_id, row]));
}

/**
 * Notes that a provider is being asked for hosts; commit it before that is done. Who was asked for in another try takes part
 * anew.
 *
 * @returns the hosts that are asked for: somebody else who does the same try asks for the others
 */
export async function beginIntents(
  db: DbOrTransaction,
  { step, request }: { step: string; request: string },
  hosts: readonly { id: number; key: string }[],
): Promise<Set<number>> {
  const { rows } = await sql<{ flow_host_id: number }>`
    insert into provider_intents (flow_host_id, step, key, request)
    select id, ${step}, key, ${request}
      from unnest(${hosts.map(({ id }) => id)}::integer[], ${hosts.map(({ key }) => key)}::text[]) as given (id, key)
     order by id
        on conflict (flow_host_id, step) do update
       set key = excluded.key, request = excluded.request, state = 'asking', is_told = false, vm_id = '', updated_at = now()
     where provider_intents.key <> excluded.key
    returning flow_host_id`.execute(db);
  return new Set(rows.map(({ flow_host_id }) => flow_host_id));
}

/**
 * Writes what a request was answered, of those for which it is the last one: `vmId` for machines.
 *
 * @returns how many those are
 */
export async function answerIntents(
  tx: DbOrTransaction,
  { step, request, state }: { step: string; request: string; state: 'answered' | 'done' },
  hosts: readonly { id: number; vmId?: string }[],
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update provider_intents set state = ${state}, vm_id = given.vm_id, updated_at = now()
      from unnest(${hosts.map(({ id }) => id)}::integer[], ${hosts.map(({ vmId }) => vmId ?? '')}::text[]) as given (id, vm_id)
     where flow_host_id = given.id and step = ${step} and request = ${request}`.execute(tx);
  return Number(numAffectedRows);
}

/** Forgets what was surely not done, so that the next try asks for it. */
export async function deleteIntents(
  db: DbOrTransaction,
  { step, request }: { step: string; request: string },
  flowHostIds: readonly number[],
): Promise<void> {
  await db
    .deleteFrom('provider_intents')
    .where('step', '=', step)
    .where('request', '=', request)
    .where(sql<boolean>`flow_host_id = any (${flowHostIds}::integer[])`)
    .execute();
}

/** Notes that somebody is told of hosts that nobody knows what came of what was asked for them. */
export async function tellOfIntents(db: DbOrTransaction, step: string, flowHostIds: readonly number[]): Promise<void> {
  await db
    .updateTable('provider_intents')
    .set({ is_told: true, updated_at: new Date() })
    .where('step', '=', step)
    .where(sql<boolean>`flow_host_id = any (${flowHostIds}::integer[])`)
    .execute();
}
