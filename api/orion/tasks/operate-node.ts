import { z } from '@hono/zod-openapi';
import { retryHost, skipHost, stopHost } from '../../../rollouts/flows/hosts';
import type { FlowCaller, FlowServices } from '../../../rollouts/flows/request';
import { defineEndpoint } from '../endpoint';
import { badNodeId, noNode, notNow } from './says';

interface Operation {
  name: 'stop' | 'retry' | 'skip';
  path: string | readonly string[];
  summary: string;
  operate(services: FlowServices, caller: FlowCaller, nsid: number): Promise<void>;
}

function operation({ name, path, summary, operate }: Operation) {
  return defineEndpoint({
    name: `${name}_task_node`,
    method: 'post',
    path,
    summary,
    needs: 'operator',
    input: z.object({}),
    data: z.object({}).nullable(),
    badId: badNodeId,
    says: [noNode, notNow((id) => `${name} node ${id} fails: `)],
    async run({ services, project, actor, rights, ids, isWebClient }) {
      await operate(services, { project, actor, rights }, ids.nsid!);
      return { data: isWebClient ? {} : null };
    },
  });
}

/** Single nodes of a task (orion §1.5). */
export const nodeOperations = [
  operation({
    name: 'stop',
    path: ['/task/node/{nsid}/stop', '/task/stop_sub/{nsid}'],
    summary: 'Ends one node of a task, which goes on with the others',
    operate: stopHost,
  }),
  operation({
    name: 'retry',
    path: '/task/node/{nsid}/retry',
    summary: 'Tries one node again, from the step that it has failed at',
    operate: retryHost,
  }),
  operation({
    name: 'skip',
    path: '/task/node/{nsid}/skip',
    summary: 'Has one node count as done',
    operate: skipHost,
  }),
];
