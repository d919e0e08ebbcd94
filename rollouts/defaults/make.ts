import { sql } from 'kysely';
import { connect, type DbOrTransaction } from '../../db/connection';
import { toJsonText } from '../../db/json';
import { transact } from '../../db/transaction';
import { compile } from '../actions/compile';
import type { Parameters } from '../parameters/types';
import { ACTIONS, CLUSTERS, POOLS, REMOTE_STEPS, SERVICES, TEMPLATES } from './data';
import { SCRIPTS } from './scripts';

/** Those that have ids of their own: whatever was made in one, or deleted there since, was made by somebody. */
const TABLES = [
  ...['clusters', 'services', 'pools', 'actions', 'action_implementations', 'remote_steps', 'rollout_templates'],
];

/**
 * Gives a project the default data, once: where anything of the kind was ever made in the installation, it does nothing.
 *
 * @returns whether the data was made
 */
export async function ensureDefaults(databaseUrl: string, projectId: number): Promise<boolean> {
  const db = connect(databaseUrl, { maxConnections: 1 });
  try {
    return await transact(db, async (tx) => {
      await sql`lock table ${sql.join(TABLES.map((table) => sql.table(table)))} in share row exclusive mode`.execute(
        tx,
      );
      if (await wasEverUsed(tx)) return false;
      await makeSteps(tx, projectId);
      await makePools(tx, projectId);
      for (const table of TABLES) {
        await sql`select setval(pg_get_serial_sequence(${table}, 'id'), (select max(id) from ${sql.table(table)}))`.execute(
          tx,
        );
      }
      return true;
    });
  } finally {
    await db.destroy();
  }
}

/** A sequence that was called once has been, whatever became of its rows. */
async function wasEverUsed(tx: DbOrTransaction): Promise<boolean> {
  const { rows } = await sql`
    select from pg_sequences
     where schemaname = current_schema() and last_value is not null
       and sequencename = any (${TABLES.map((table) => `${table}_id_seq`)}::name[])`.execute(tx);
  return rows.length > 0;
}

async function makeSteps(tx: DbOrTransaction, project_id: number): Promise<void> {
  const actions = ACTIONS.map((action) => ({ ...action, project_id, parameters: toJsonText(action.parameters) }));
  await tx.insertInto('actions').values(actions).execute();
  const implementations = ACTIONS.map(({ id, name, parameters }) => {
    const script = SCRIPTS[name];
    const template = {
      action: name === 'echo' ? { args: script, module: 'shell' } : { content: script, module: 'longscript' },
    };
    const compiled = compile(template, parameters as Parameters);
    return { id, action_id: id, type: 'ansible', template: toJsonText(template), ...compiled };
  });
  await tx.insertInto('action_implementations').values(implementations).execute();

  const steps = REMOTE_STEPS.map(({ actions: _actions, ...step }) => ({ ...step, project_id }));
  await tx.insertInto('remote_steps').values(steps).execute();
  const idOf = new Map<string, number>(ACTIONS.map(({ id, name }) => [name, id]));
  const places = REMOTE_STEPS.flatMap(({ id, actions: names }) =>
    names.map((name, place) => ({ remote_step_id: id, place, action_id: idOf.get(name)! })),
  );
  await tx.insertInto('remote_step_actions').values(places).execute();

  const templates = TEMPLATES.map(({ steps: _steps, ...template }) => ({ ...template, project_id }));
  await tx.insertInto('rollout_templates').values(templates).execute();
  const stepId = new Map(REMOTE_STEPS.map(({ id, name }) => [name, id]));
  const templateSteps = TEMPLATES.flatMap((template) =>
    template.steps.map(({ name, values, retryTimes = 0, ignoreError = false }, place) => ({
      ...{ template_id: template.id, place, name, remote_step_id: stepId.get(name) ?? null },
      ...{ values: toJsonText(values), retry_times: retryTimes, ignore_error: ignoreError },
    })),
  );
  await tx.insertInto('rollout_template_steps').values(templateSteps).execute();
}

async function makePools(tx: DbOrTransaction, project_id: number): Promise<void> {
  const of = <T extends object>(rows: readonly T[]) => rows.map((row) => ({ ...row, project_id }));
  await tx.insertInto('clusters').values(of(CLUSTERS)).execute();
  await tx.insertInto('services').values(of(SERVICES)).execute();
  await tx.insertInto('pools').values(of(POOLS)).execute();
}
