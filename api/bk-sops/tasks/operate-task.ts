import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../tasks/error';
import { signalTask } from '../../../tasks/operate';
import { startTask } from '../../../tasks/start';
import type { SignalName } from '../../../workflows/contract';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';

const SIGNAL_OF = new Map<string, SignalName>([
  ['pause', 'pause'],
  ['resume', 'resume'],
  ['revoke', 'stop'],
]);

/** Starts, pauses, resumes or ends a task (spec 7.3). */
export const operateTaskEndpoint = defineEndpoint({
  name: 'operate_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Start, pause, resume or revoke a task',
  input: z.object({ action: z.string().describe('start, pause, resume or revoke') }),
  data: z.object({}),
  async run(call, { action }) {
    const { services, project, actor } = call;
    const task = await requireTask(call);
    if (action === 'start') {
      await startTask(services, task, project, { actor, isPaused: false });
      return { data: {} };
    }
    const signal = SIGNAL_OF.get(action);
    if (!signal) throw new GantryError('wrong_state', `task command is invalid: ${action}`);
    if (task.phase !== 'created' && task.current_flow !== 'execute_task') {
      throw new GantryError(
        'wrong_state',
        `task with current_flow:${task.current_flow} cannot be ${action}d: it is ${task.shown}`,
      );
    }
    await signalTask(services, task, signal, actor);
    return { data: {} };
  },
});
