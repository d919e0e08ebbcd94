import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { zoneOf } from '../../../access/projects';
import { cronText } from '../../../schedules/cron';
import { deletePeriodicTask, modifyConstants, modifyCron, setPeriodicTaskEnabled } from '../../../schedules/periodic';
import { defineEndpoint } from '../endpoint';
import { requirePeriodicTask } from './lookup';
import { constantsSchema, cronSchema } from './schema';

/** Lets a periodic task run, or not any more (bk-sops §7.6). */
export const setPeriodicTaskEnabledEndpoint = defineEndpoint({
  name: 'set_periodic_task_enabled',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Enable or disable a periodic task',
  input: z.object({ enabled: z.boolean().default(false) }),
  data: z.object({ enabled: z.boolean() }),
  async run(call, { enabled }) {
    await setPeriodicTaskEnabled(call.services, await requirePeriodicTask(call), enabled, call.actor);
    return { data: { enabled } };
  },
});

/** Gives a periodic task other times; it does not run for that alone (bk-sops §9.2). */
export const modifyCronForPeriodicTask = defineEndpoint({
  name: 'modify_cron_for_periodic_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Change the times of a periodic task',
  input: z.object({ cron: cronSchema }),
  data: z.object({ cron: z.string() }),
  async run(call, { cron }) {
    const { services, project, actor } = call;
    await modifyCron(services, await requirePeriodicTask(call), { cron, project, actor });
    return { data: { cron: cronText(cron, zoneOf(project)) } };
  },
});

/** Sets values of constants for the next runs (bk-sops §9.2). */
export const modifyConstantsForPeriodicTask = defineEndpoint({
  name: 'modify_constants_for_periodic_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Change constants of a periodic task',
  input: z.object({ constants: constantsSchema }),
  data: z.record(z.string(), z.object({ key: z.string(), name: z.string().optional(), value: z.unknown().optional() })),
  async run(call, { constants }) {
    const by = { actor: call.actor, rights: rightsOf(call.caller, call.project) };
    return { data: await modifyConstants(call.services, await requirePeriodicTask(call), constants, by) };
  },
});

/** Not in the original gateway: deletes a periodic task; tasks that it made stay. */
export const deletePeriodicTaskEndpoint = defineEndpoint({
  name: 'delete_periodic_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Delete a periodic task',
  input: z.object({}),
  data: z.object({}),
  async run(call) {
    await deletePeriodicTask(call.services, await requirePeriodicTask(call), call.actor);
    return { data: {} };
  },
});
