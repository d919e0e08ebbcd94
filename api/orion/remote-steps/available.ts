import { z } from '@hono/zod-openapi';
import { listAvailableSteps } from '../../../rollouts/templates/available';
import type { KnownStep } from '../../../rollouts/templates/known-steps';
import { defineEndpoint } from '../endpoint';
import { MAX_PAGE_SIZE, pageFields, pageReply, rowsOf } from '../paging';

const pages = z.object(pageFields);

/** Where no page is asked for, all steps are on one (orion §1.6). */
export const available = defineEndpoint({
  name: 'list_steps',
  method: 'post',
  path: '/task_step/list',
  summary: 'The steps that templates may have: those that are built in, then the remote ones of the project',
  needs: 'viewer',
  input: z.object({ page: z.unknown().optional(), page_size: z.unknown().optional() }),
  data: z.array(
    z.object({
      id: z.literal(0),
      name: z.string(),
      desc: z.string(),
      type: z.enum(['remote', 'vm', 'sd', 'local']),
      params: z.record(z.string(), z.string()),
    }),
  ),
  isPaged: true,
  async run({ services: { db }, project }, given) {
    const isPaged = given.page !== undefined || given.page_size !== undefined;
    const page = isPaged ? pages.parse(given) : { page: 1, page_size: MAX_PAGE_SIZE };
    const { steps, total } = await listAvailableSteps(db, { projectId: project.id }, rowsOf(page));
    return pageReply(isPaged ? page : { page: 0, page_size: steps.length }, steps.map(stepData), total);
  },
});

function stepData({ name, description, type, parameters }: KnownStep) {
  const params = Object.entries(parameters).map(([parameter, rule]) => [parameter, typeName(type, rule.type)]);
  return { id: 0 as const, name, desc: description, type, params: Object.fromEntries(params) };
}

/** Types of what is built in begin with a capital (orion §3.6). */
function typeName(type: KnownStep['type'], name: string): string {
  return type === 'remote' ? name : `${name[0]!.toUpperCase()}${name.slice(1)}`;
}
