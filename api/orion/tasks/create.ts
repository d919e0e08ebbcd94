import { z } from '@hono/zod-openapi';
import { createFlows, MAX_HOSTS } from '../../../rollouts/flows/create';
import type { FlowHosts } from '../../../rollouts/flows/request';
import { MAX_NAME_LENGTH } from '../../../rollouts/limits';
import type { Failure } from '../../failure';
import { defineEndpoint } from '../endpoint';
import { inAnyCase, list, name, present, text, whole, wholeOrNone } from '../fields';
import { missing, type Saying } from '../says';
import { isNameless } from '../who';

const AUTOMATIC = 1;
const ALL_PERCENT = 100;

const node = z.union([z.string(), inAnyCase(z.object({ ip: z.preprocess(present, z.string().optional()) }))]);

const input = z.object({
  template_id: whole({ min: 1 }),
  task_name: name(MAX_NAME_LENGTH),
  timeout: wholeOrNone().describe('Seconds of one batch; 0: as long as it takes'),
  auto: z
    .preprocess((given) => given ?? AUTOMATIC, whole({ max: 1 }))
    .optional()
    .describe('0: somebody lets each batch but the first one begin'),
  max_ratio: z
    .preprocess((given) => given ?? ALL_PERCENT, whole({ min: 1, max: ALL_PERCENT }))
    .optional()
    .describe('Nodes at a time, in percent of all'),
  max_num: wholeOrNone({ max: MAX_HOSTS }).describe('Nodes at a time; 0: as many as there are'),
  opr_user: text(100).describe('Who is shown as the one who asked, where a trusted app names nobody'),
  nodes: list(node, MAX_HOSTS).describe('By address; those that are digits alone are ids'),
  params: z
    .preprocess((given) => (Array.isArray(given) ? {} : (given ?? {})), z.record(z.string(), z.unknown()))
    .optional()
    .describe('Of any step, by name; they go before what the template says'),
});

/** Nodes without an address are passed over, as in the original (orion §1.5). */
function hostsOf(nodes: readonly z.output<typeof node>[]): FlowHosts {
  const given = nodes.flatMap((node) => (typeof node === 'string' ? node : (node.ip ?? '')));
  const named = given.map((ip) => ip.trim()).filter((ip) => ip !== '' && ip !== '-');
  const areIds = named.length > 0 && named.every((ip) => /^\d{1,9}$/.test(ip));
  return areIds ? { ids: named.map(Number) } : { addresses: named };
}

const isRatio: Saying['means'] = ({ reason }) =>
  reason !== undefined && 'field' in reason.args && reason.args.field === 'max_ratio';

/** Why it is not run, in the original's words where it has some. */
function whyNot({ kind, reason, message, details = [] }: Failure): string {
  if (reason?.code === 'required' && reason.args.field === 'nodes') return 'nodes is empty';
  if (kind === 'invalid' && reason === undefined && details.length > 0) return `Bad step options: ${message}`;
  return message;
}

const NOT_RUN = new Set<Failure['kind']>(['invalid', 'wrong_state', 'too_large']);

export const create = defineEndpoint({
  name: 'create_task',
  method: 'post',
  path: '/task/create',
  summary: 'Makes a task for each pool that the nodes are in, and starts them as their pools are free',
  needs: 'operator',
  needsBody: true,
  input,
  data: z.object({ ids: z.array(z.number().int()).describe('Of the tasks, in the order of the pools') }),
  says: [
    { means: isRatio, code: 400, text: 'ratio error' },
    missing('node', ({ message }) => message, 400),
    missing(
      'rollout template',
      ({ reason }) => `run task fails: Template not found ${reason?.code === 'not_found' ? reason.args.id : ''}`,
      400,
    ),
    {
      means: ({ kind, step }) => NOT_RUN.has(kind) && step === undefined,
      code: 400,
      text: (failure) => `run task fails: ${whyNot(failure)}`,
    },
  ],
  async run({ services, project, actor, rights, operator, caller, header }, given) {
    const { max_ratio: maxRatio = ALL_PERCENT, max_num: maxNum, auto = AUTOMATIC } = given;
    const flows = await createFlows(services, {
      ...{ project, actor, rights },
      template: { id: given.template_id },
      hosts: hostsOf(given.nodes),
      name: given.task_name,
      batches: { maxNum, maxRatio },
      batchSeconds: given.timeout,
      isAuto: auto === AUTOMATIC,
      values: given.params ?? {},
      operator: (isNameless(caller, header) && given.opr_user) || operator,
    });
    return { data: { ids: flows.map(({ flowId }) => flowId) } };
  },
});
