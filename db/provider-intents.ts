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
 * Notes that a provider is being asked for hosts; commit it before that is done. What was asked for a host before is replaced only
 * as it was read: who was left behind by another try, and has read what is not true any more, takes nothing over.
 *
 * @param hosts with the try in which they are asked for, and what was read of the one before
 * @returns the hosts that are asked for: somebody else asks, or has asked, for the others
 */
export async function beginIntents(
  db: DbOrTransaction,
  { step, request }: { step: string; request: string },
  hosts: readonly { id: number; key: string; before?: ProviderIntent | undefined }[],
): Promise<Set<number>> {
  const { rows } = await sql<{ flow_host_id: number }>`
    with given as (
      select * from unnest(${hosts.map(({ id }) => id)}::integer[], ${hosts.map(({ key }) => key)}::text[],
                           ${hosts.map(({ before }) => before?.request ?? null)}::text[],
                           ${hosts.map(({ before }) => before?.state ?? null)}::text[]) as given (id, key, request, state)
       order by id
    ), made as (
      insert into provider_intents (flow_host_id, step, key, request)
      select id, ${step}, key, ${request} from given where given.request is null
          on conflict (flow_host_id, step) do nothing
      returning flow_host_id
    ), replaced as (
      update provider_intents intents
         set key = given.key, request = ${request}, state = 'asking', is_told = false, vm_id = '', updated_at = now()
        from given
       where intents.flow_host_id = given.id and intents.step = ${step}
         and intents.request = given.request and intents.state = given.state
      returning flow_host_id
    )
    select flow_host_id from made union all select flow_host_id from replaced`.execute(db);
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

/** Forgets what was surely not done, so that the next try asks for it; what was answered meanwhile stays. */
export async function deleteIntents(
  db: DbOrTransaction,
  { step, request }: { step: string; request: string },
  flowHostIds: readonly number[],
): Promise<void> {
  await db
    .deleteFrom('provider_intents')
    .where('step', '=', step)
    .where('request', '=', request)
    .where('state', '=', 'asking')
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
