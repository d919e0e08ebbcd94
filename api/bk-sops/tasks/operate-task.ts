import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { GantryError } from '../../../base/error';
import type { TaskRecord } from '../../../db/tasks';
import { operateTask } from '../../../tasks/operate';
import { startTask } from '../../../tasks/start';
import type { SignalName } from '../../../workflows/contract';
import { defineEndpoint } from '../endpoint';
import { currentFlowOf } from './current-flow';
import { requireTask } from './lookup';
import { requestId } from './request-id';

const SIGNAL_OF = new Map<string, SignalName>([
  ['pause', 'pause'],
  ['resume', 'resume'],
  ['revoke', 'stop'],
]);

/**
 * Starts, pauses, resumes or ends a task (bk-sops §7.3). Whoever reads the task after the answer sees what came of it.
 */
export const operateTaskEndpoint = defineEndpoint({
  name: 'operate_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Start, pause, resume or revoke a task',
  input: z.object({
    action: z.string().describe('start, pause, resume or revoke'),
    request_id: requestId('of pause, resume or revoke'),
  }),
  data: z.object({}),
  async run(call, { action, request_id: id }) {
    const { services, project, actor } = call;
    const task = await requireTask(call);
    if (action === 'start') {
      await startTask(services, task, project, { actor, isPaused: false });
      return { data: {} };
    }
    const signal = SIGNAL_OF.get(action);
    if (!signal) throw new GantryError('wrong_state', `task command is invalid: ${action}`);
    // With an id it may be one that was accepted before.
    if (id === undefined) requireUnfinished(task, action);
    const asked = { actor, rights: rightsOf(call.caller, project), ...(id === undefined ? {} : { id }) };
    await operateTask(services, task, { action: signal }, asked);
    return { data: {} };
  },
});

function requireUnfinished(task: TaskRecord, action: string): void {
  if (task.phase !== 'ended') return;
  const message = `task with current_flow:${currentFlowOf(task)} cannot be ${action}d: it is ${task.shown}`;
  throw new GantryError('wrong_state', message);
}
