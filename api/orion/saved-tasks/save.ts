import { z } from '@hono/zod-openapi';
import { wrongField } from '../../../base/error';
import { savePoolSchedule } from '../../../schedules/pools/save';
import { defineEndpoint } from '../endpoint';
import { whole, wholeOrNone } from '../fields';
import { missing } from '../says';
import { cronItems, dependItems, word } from './fields';

export const save = defineEndpoint({
  name: 'save_task',
  method: 'post',
  path: '/task/saveTask',
  summary: 'Saves what is to be done with a pool and when, and which pools it needs for that; all items are replaced',
  needs: 'editor',
  needsBody: true,
  input: z.object({
    id: wholeOrNone().describe('0: what is saved of the pool for this type, if anything'),
    pool_id: whole({ min: 1 }),
    type: word(['expand', 'upload', 'deploy', 'shrink']).describe('`upload` and `deploy` are the same'),
    exec_type: word(['crontab', 'depend']),
    cron_itmes: cronItems.describe('As the document spells it'),
    cron_items: cronItems,
    depend_itmes: dependItems.describe('As the document spells it'),
    depend_items: dependItems,
  }),
  data: z.literal(true),
  says: [missing('pool', ({ message }) => message, 400)],
  async run({ services: { db }, project, actor }, { id, pool_id, type, exec_type, ...given }) {
    const kind = type === 'upload' ? 'deploy' : type;
    const cron = given.cron_items ?? given.cron_itmes ?? [];
    const depend = given.depend_items ?? given.depend_itmes ?? [];
    if (kind === 'deploy') requireBounds(cron);
    const schedule = {
      id,
      poolId: pool_id,
      kind,
      execType: exec_type,
      cron: cron.map(({ instance_num, concurr_ratio, concurr_num, ignore, ...when }) => ({
        ...when,
        hosts: instance_num,
        max_ratio: concurr_ratio,
        max_num: concurr_num,
        is_ignored: ignore,
      })),
      depend: depend.map(({ elastic_count, ignore, step_name, ...of }) => ({
        ...of,
        spare: elastic_count,
        step_name: step_name.trim(),
        is_ignored: ignore,
      })),
    } as const;
    await savePoolSchedule(db, project.id, schedule, actor);
    return { data: true as const };
  },
});

/** An upload says how many hosts at once, in both ways. */
function requireBounds(items: readonly { concurr_ratio: number; concurr_num: number }[]): void {
  for (const { concurr_ratio, concurr_num } of items) {
    if (concurr_ratio < 1) throw outOfRange('concurr_ratio', 100);
    if (concurr_num < 1) throw outOfRange('concurr_num', 10_000);
  }
}

function outOfRange(field: string, max: number) {
  const args = { field, min: 1, max };
  return wrongField(`${field} of an upload has to be from 1 to ${max}`, { code: 'out_of_range', args });
}
