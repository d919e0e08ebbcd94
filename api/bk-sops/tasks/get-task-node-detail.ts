import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import type { TaskRecord } from '../../../db/tasks';
import { readHistory, type WholeAttempt } from '../../../tasks/view/attempts';
import { readAutoRetries } from '../../../tasks/view/auto-retries';
import { readStates } from '../../../tasks/view/states';
import { type Call, defineEndpoint } from '../endpoint';
import { elapsedSeconds, type TimeFormatter, timeFormatter } from '../format';
import { childNode, findStateNode, stateTree, versionOf } from '../state-tree';
import { autoRetryInfo } from './auto-retry';
import { requireTask } from './lookup';
import { isStack, nodeData, nodeQuery, type ShownNode, showNode, withBareNames } from './node-data';

const state = {
  id: z.string(),
  name: z.string(),
  state: z.string(),
  raw_state: z.string().optional(),
  'root_id:': z.string().optional(),
  root_id: z.string().optional(),
  parent_id: z.string().optional(),
  version: z.string().optional(),
  loop: z.number().int().optional(),
  retry: z.number().int().optional(),
  skip: z.boolean().optional(),
  error_ignorable: z.boolean(),
  error_ignored: z.boolean().optional(),
  start_time: z.string().nullable().optional(),
  finish_time: z.string().nullable().optional(),
  elapsed_time: z.number().int().optional(),
  waiting_for: z.string().optional(),
  children: z.record(z.string(), z.unknown()).optional(),
};

const history = z.object({
  id: z.number().int(),
  history_id: z.number().int(),
  state: z.string(),
  start_time: z.string().nullable(),
  finish_time: z.string().nullable(),
  elapsed_time: z.number().int(),
  loop: z.number().int(),
  retry: z.number().int(),
  skip: z.boolean(),
  version: z.string(),
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
  ex_data: z.string(),
});

/** What upstream calls the newest attempt. */
const NEWEST = -1;

/** A node with its state, inputs, outputs and the attempts before: of one round, or of all (bk-sops §7.4). */
export const getTaskNodeDetail = defineEndpoint({
  name: 'get_task_node_detail',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'A node with its state, inputs, outputs and earlier attempts',
  input: z.object(nodeQuery),
  wording: [{ step: 'find', text: '[API] get_task_node_detail ' }],
  data: z.object({
    ...state,
    ...nodeData,
    histories: z.array(history),
    history_id: z.number().int(),
    auto_retry_info: z.union([
      z.object({
        node_id: z.string(),
        auto_retry_times: z.number().int(),
        max_auto_retry_times: z.number().int(),
      }),
      z.object({}),
    ]),
  }),
  async run(call, { subprocess_stack, ...query }) {
    if (!isStack(subprocess_stack)) throw new GantryError('refused', 'subprocess_stack is not a valid array json');
    const task = await requireTask(call);
    const facts = await showNode(call, task, query, 'shown');
    const { node, program, attempts, data } = facts;
    const format = timeFormatter(call.project);
    const { loop = 1, retry = 0 } = attempts.at(-1) ?? {};
    const newest = { taskId: task.id, nodeId: node.id, loop, retry };
    const earlier = await readHistory(call.services.db, newest, { inRound: query.loop !== undefined });
    const hasRetries = node.type === 'activity' && node.autoRetry !== undefined;
    const retriesOf = hasRetries ? await readAutoRetries(call.services.db, task.id, program) : undefined;
    return {
      data: {
        ...(await stateOf(call, task, facts, format)),
        ...data,
        histories: earlier.map((attempt, index) => {
          const isRepeated = (earlier[index + 1] ?? newest).loop === attempt.loop;
          return historyOf(task, facts, { ...attempt, status: isRepeated ? 'FAILED' : attempt.status }, format);
        }),
        history_id: NEWEST,
        auto_retry_info: retriesOf ? autoRetryInfo(node.id, retriesOf(node.id)) : {},
      },
    };
  },
});

async function stateOf(call: Call, task: TaskRecord, { node, program, attempts }: ShownNode, format: TimeFormatter) {
  const last = attempts.at(-1);
  if (!last) {
    const error_ignorable = node.type === 'activity' && node.ignorable;
    return { id: node.id, name: node.name, state: 'READY', error_ignorable };
  }
  const owner = program.nodes[program.pipelines[node.pipeline]!.owner];
  const itself = childNode(task, node, last, owner?.id ?? task.root_node_id, format);
  if (node.type !== 'subprocess') return itself;
  // What a subprocess shows depends on the nodes in it; they know of their newest round only.
  const reached = await readStates(call.services.db, task.id, program);
  const shown = findStateNode(stateTree(task, reached, { format, scheme: 'legacy' }), node.id);
  return shown?.loop === itself.loop ? shown : itself;
}

/** An attempt that another one of its round followed has failed; the last one of a round is as it ended. */
function historyOf(
  task: TaskRecord,
  { node }: ShownNode,
  attempt: WholeAttempt,
  format: TimeFormatter,
): z.output<typeof history> {
  const inputs = attempt.inputs ?? {};
  return {
    id: attempt.seq,
    history_id: attempt.seq,
    state: attempt.status,
    start_time: format(attempt.startedAt),
    finish_time: format(attempt.finishedAt),
    elapsed_time: elapsedSeconds(attempt.startedAt, attempt.finishedAt),
    loop: attempt.loop,
    retry: attempt.retry,
    skip: attempt.skip,
    version: versionOf(task.id, node.id, attempt.loop, attempt.retry),
    inputs: node.type === 'subprocess' ? withBareNames(inputs) : inputs,
    outputs: attempt.outputs,
    ex_data: attempt.error ?? '',
  };
}
