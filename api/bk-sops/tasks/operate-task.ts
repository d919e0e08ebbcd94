import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { GantryError } from '../../../base/error';
import { signalTask } from '../../../tasks/signal';
import { startTask } from '../../../tasks/start';
import type { SignalName } from '../../../workflows/contract';
import type { WordingFacts } from '../../wording';
import { defineEndpoint } from '../endpoint';
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
  wording: [{ step: 'signal', text: endedText }],
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
    const asked = { actor, rights: rightsOf(call.caller, project), ...(id === undefined ? {} : { id }) };
    await signalTask(services, task, signal, asked);
    return { data: {} };
  },
});

function endedText(_message: string, { input, reason }: WordingFacts): string {
  const state = reason?.code === 'wrong_state' ? reason.args.state : 'over';
  return `task with current_flow:finished cannot be ${input.action}d: it is ${state}`;
}
