import { sql } from 'kysely';
import type { Db } from '../db/connection';
import { removeMany } from './remove';

export interface ManyTasks {
  projectId: number;
  remove(): Promise<void>;
}

/**
 * A project with many tasks that have ended, but for a tenth that never started and the newest ten, and a quarter as many
 * of another project among them.
 */
export async function createTasks(db: Db, count: number): Promise<ManyTasks> {
  const [mine, other] = await db
    .insertInto('projects')
    .values(['lists', 'other'].map((name) => ({ name, bk_biz_id: null })))
    .returning('id')
    .execute();
  const projects = [mine!.id, other!.id];
  await sql`
    insert into tasks (
      project_id, name, category, flow_type, current_flow, create_method, template_id, template_source, root_node_id,
      creator, executor, created_at, phase, status, shown, started_at, finished_at, is_deleted
    )
    select
      project, 'Deploy ' || (array['frontend', 'backend', 'database', '巡检任务'])[1 + n % 4] || ' ' || md5(n::text),
      (array['OpsTools', 'Default', 'Other'])[1 + n % 3], case when n % 20 = 0 then 'common_func' else 'common' end,
      'finished', (array['api', 'app', 'periodic'])[1 + n % 3], case when n % 2 = 0 then (n % 200)::text end,
      case when n % 2 = 0 then 'project' else 'onetime' end, 'n' || md5(n::text),
      'user' || n % 50, case when n % 10 > 0 then 'user' || n % 50 end, at, phase,
      case when phase = 'created' then 'CREATED' when phase = 'running' then 'RUNNING'
        when n % 50 = 1 then 'REVOKED' else 'FINISHED' end,
      'FINISHED', at + interval '10 seconds', at + interval '20 seconds', n % 1000 = 7
    from generate_series(1, ${sql.lit(count)}) n,
      lateral (
        select timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute' as at,
          case when n % 10 = 0 then 'created' when n > ${sql.lit(count - 10)} then 'running' else 'ended' end as phase
      ) made,
      lateral (
        select ${sql.lit(projects[0])}::integer as project union all select ${sql.lit(projects[1])} where n % 4 = 0
      ) owners`.execute(db);
  await sql`
    insert into function_tasks (task_id, creator, created_at)
    select id, creator, created_at from tasks
    where flow_type = 'common_func' and project_id = ${projects[0]}`.execute(db);
  // What autovacuum does in the background of a server that is in use.
  await sql`vacuum analyze tasks`.execute(db);
  return {
    projectId: mine!.id,
    remove: () =>
      removeMany(db, async (tx) => {
        await tx.deleteFrom('tasks').where('project_id', 'in', projects).execute();
        await tx.deleteFrom('projects').where('id', 'in', projects).execute();
      }),
  };
}
