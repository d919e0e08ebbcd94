import type { Db } from '../../db/connection';
import { insertTask } from '../../db/tasks';

/** Writes a task of an empty tree, in a project of its own; its id. */
export async function insertSampleTask(
  db: Db,
  { callbackUrl = null }: { callbackUrl?: string | null } = {},
): Promise<number> {
  const { id: project_id } = await db
    .insertInto('projects')
    .values({ name: 'a project', bk_biz_id: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  return insertTask(
    db,
    {
      project_id,
      name: 'a task',
      description: '',
      category: 'Default',
      flow_type: 'common',
      current_flow: 'execute_task',
      create_method: 'api',
      template_source: 'onetime',
      root_node_id: 'n0',
      creator: 'ann',
      callback_url: callbackUrl,
      callback_version: callbackUrl && 'v2',
    },
    { tree: { id: 'n0' }, program: '{"nodes":[],"pipelines":[]}' },
    { projectId: project_id, appCode: 'an app', username: 'ann', action: 'create' },
  );
}
