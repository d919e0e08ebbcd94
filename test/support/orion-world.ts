import { sql } from 'kysely';
import { createProject } from '../../access/projects';
import type { Gantry } from './gantry';
import { OrionClient } from './orion';

/** A project with one of everything that Orion knows, each with a mark in its name. */
export interface OrionWorld {
  mark: string;
  project: number;
  /** Ids by the word that paths to such a thing begin with, and by what else stands in paths. */
  ids: Record<string, number>;
  names: Record<string, string>;
}

const ACTOR = { username: 'admin', appCode: 'test-app', source: 'api' };

/** Makes a project with its own of everything. */
export async function makeOrionWorld(
  gantry: Gantry,
  { mark, address }: { mark: string; address: string },
): Promise<OrionWorld> {
  const { db } = gantry;
  const asked = { name: `${mark} project`, bizId: null, timeZone: 'UTC' };
  const { id: project } = await createProject(db, asked, ACTOR);
  const orion = new OrionClient(gantry).with({ 'X-Gantry-Project': String(project) });
  const cluster = await orion.dataOf('/cluster/create', { name: `${mark} cluster` });
  const image = { docker_image: `${mark}/image:1`, cluster_id: cluster };
  const { id: service } = await orion.dataOf('/service/create', { name: `${mark} service`, ...image });
  const { id: pool } = await orion.dataOf('/pool/create', { name: `${mark} pool`, service_id: service });
  const [host] = await orion.dataOf(`/pool/${pool}/add_nodes`, { nodes: [address] });
  const steps = await makeSteps(gantry, mark, project);
  const flow = await makeFlow(gantry, { mark, project, pool, host, address, template: steps.task_tpl });
  return { mark, project, ids: { cluster, service, pool, host, ...steps, ...flow }, names: { iplist: address } };
}

async function makeSteps({ db }: Gantry, mark: string, project_id: number) {
  const named = (what: string) => ({ project_id, name: `${mark} ${what}` });
  const action = await db
    .insertInto('actions')
    .values({ ...named('action'), parameters: sql`'{}'` })
    .returning('id')
    .executeTakeFirstOrThrow();
  const template = sql<string>`'{"action": {"module": "shell", "args": "true"}}'`;
  const implementation = { action_id: action.id, type: 'ansible', template, interpreter: '/bin/sh', script: 'true' };
  await db.insertInto('action_implementations').values(implementation).execute();
  const step = await db.insertInto('remote_steps').values(named('step')).returning('id').executeTakeFirstOrThrow();
  const row = { remote_step_id: step.id, place: 0, action_id: action.id };
  await db.insertInto('remote_step_actions').values(row).execute();
  const made = await db
    .insertInto('rollout_templates')
    .values(named('template'))
    .returning('id')
    .executeTakeFirstOrThrow();
  const of = {
    template_id: made.id,
    place: 0,
    name: `${mark} step`,
    remote_step_id: step.id,
    values: sql<string>`'{}'`,
  };
  await db.insertInto('rollout_template_steps').values(of).execute();
  return { action: action.id, actimpl: action.id, remote_step: step.id, task_tpl: made.id };
}

async function makeFlow(
  { db }: Gantry,
  of: { mark: string; project: number; pool: number; host: number; address: string; template: number },
) {
  const { mark } = of;
  const flow = await db
    .insertInto('flows')
    .values({
      project_id: of.project,
      pool_id: of.pool,
      pool_name: `${mark} pool`,
      template_id: of.template,
      template_name: `${mark} template`,
      name: `${mark} flow`,
      kind: 'run',
      batch_size: 1,
      operator: `${mark} operator`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db.insertInto('flow_batches').values({ flow_id: flow.id, number: 1 }).execute();
  const host = await db
    .insertInto('flow_hosts')
    .values({ flow_id: flow.id, host_id: of.host, address: of.address, place: 1, batch: 1 })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('flow_logs')
    .values({ flow_id: flow.id, message: `${mark} message` })
    .execute();
  return { task: flow.id, nsid: host.id };
}

/**
 * All that the database has of a project, in whatever tables it is: another one's requests leave it as it is. Tables without a
 * project of their own are found by the columns that refer to those with one.
 */
export async function contentsOf({ db }: Gantry, project: number): Promise<Record<string, unknown[]>> {
  const { rows: tables } = await sql<{ name: string; condition: string }>`
    select table_name as name, string_agg(distinct condition, ' or ' order by condition) as condition
      from (
        select table_name, 'project_id = $1' as condition
          from information_schema.columns where table_schema = 'public' and column_name = 'project_id'
        union all
        select child.relname, format('%I in (select id from %I where project_id = $1)', attname, parent.relname)
          from pg_constraint
               join pg_class child on child.oid = conrelid join pg_class parent on parent.oid = confrelid
               join pg_attribute on attrelid = conrelid and attnum = conkey[1]
         where contype = 'f' and array_length(conkey, 1) = 1
           and exists (select from information_schema.columns where table_name = parent.relname
                          and table_schema = 'public' and column_name = 'project_id')
           and exists (select from information_schema.columns where table_name = parent.relname
                          and table_schema = 'public' and column_name = 'id')) found
     group by table_name order by table_name`.execute(db);
  const contents: Record<string, unknown[]> = {};
  for (const { name, condition } of tables) {
    const where = sql.raw(condition.replaceAll('$1', String(project)));
    const { rows } = await sql`select t.* from ${sql.table(name)} t where ${where} order by t::text`.execute(db);
    if (rows.length > 0) contents[name] = rows;
  }
  return contents;
}
