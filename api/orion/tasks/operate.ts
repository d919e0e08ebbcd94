import { z } from '@hono/zod-openapi';
import { pauseFlow } from '../../../rollouts/flows/pause';
import type { FlowCaller, FlowServices } from '../../../rollouts/flows/request';
import { startFlow } from '../../../rollouts/flows/start';
import { stopFlow } from '../../../rollouts/flows/stop';
import { defineEndpoint } from '../endpoint';
import { badFlowId, noFlow, notNow } from './says';

interface Operation {
  name: 'start' | 'pause' | 'stop';
  summary: string;
  /** In front of why it cannot be done now. */
  refusal(id: string): string;
  operate(services: FlowServices, caller: FlowCaller, flowId: number): Promise<void>;
}

/** The document has the id in the path and in the body; either will do (orion §1.5). */
function operation({ name, summary, refusal, operate }: Operation) {
  return defineEndpoint({
    name: `${name}_task`,
    method: 'post',
    path: [`/task/${name}/{id}`, `/task/${name}`],
    summary,
    needs: 'operator',
    input: z.object({}),
    data: z.object({}).nullable(),
    badId: badFlowId,
    says: [noFlow('flow not found id '), notNow(refusal)],
    async run({ services, project, actor, rights, ids, isWebClient }) {
      await operate(services, { project, actor, rights }, ids.id!);
      return { data: isWebClient ? {} : null };
    },
  });
}

export const operations = [
  operation({
    name: 'start',
    summary: 'Starts a task, or has it go on: paused, at a gate, failed, or ended with something left to do',
    refusal: (id) => `start task ${id} fails： `,
    operate: startFlow,
  }),
  operation({
    name: 'pause',
    summary: 'Pauses a task in front of its next step',
    refusal: (id) => `pause flow ${id} fails: `,
    operate: pauseFlow,
  }),
  operation({
    name: 'stop',
    summary: 'Ends a task, and what runs on its nodes',
    refusal: (id) => `stop flow ${id} fails: `,
    operate: stopFlow,
  }),
];
