import { sql } from 'kysely';
import type { Answer } from './client';
import type { Gantry } from './gantry';
import { sketch } from './trees';

/** A project with an object of every kind, each of the same id as the project, with a mark in all their names. */
export async function fillProject(gantry: Gantry, id: number, mark: string): Promise<void> {
  const tables = [
    'projects',
    'tasks',
    'templates',
    'template_schemes',
    'labels',
    'periodic_tasks',
    'clocked_tasks',
    'function_tasks',
  ];
  for (const table of tables) {
    await sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${id - 1})`.execute(gantry.db);
  }
  const post = async (path: string, body: object) => {
    const answer: Answer = await gantry.post(`/apigw/${path}/`, body);
    if (!answer.result) throw new Error(`${path}: ${answer.message}`);
    return answer.data;
  };
  const tree = sketch({
    chains: ['S a E'],
    activities: { a: { optional: true, inputs: { bk_display_message: mark } } },
    constants: { secret: { value: mark } },
  });
  await post('create_project', { name: mark, bk_biz_id: id });
  await post(`fast_create_task/${id}`, { name: mark, pipeline_tree: tree, flow_type: 'common_func' });
  await post(`create_template/${id}`, { name: mark, pipeline_tree: tree });
  await post(`create_template_scheme/${id}/${id}`, { name: mark, data: ['a'] });
  await post(`create_label/${id}`, { name: mark });
  const yearly = { minute: '0', hour: '0', day_of_month: '1', month_of_year: '1' };
  await post(`create_periodic_task/${id}/${id}`, { name: mark, cron: yearly });
  await post(`create_clocked_task/${id}/${id}`, { task_name: mark, plan_start_time: '2099-01-01 00:00:00' });
  await post(`set_project_constant/${id}`, { key: 'secret', value: mark });
}
