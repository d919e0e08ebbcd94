import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import type { Db } from '../../../db/connection';
import { findTaskVersion } from '../../../db/current-nodes';
import { findFailures } from '../../../db/node-executions';
import { findProgram } from '../../../db/tasks';
import type { Program } from '../../../pipeline/program';
import { readAutoRetries } from '../../../tasks/view/auto-retries';
import { findOutline } from '../../../tasks/view/outline';
import { failedWithin, readStates } from '../../../tasks/view/states';
import { entityTag, isTagOf } from '../../entity-tag';
import { defineEndpoint } from '../endpoint';
import { timeFormatter } from '../format';
import { anyText } from '../query';
import { askedSchema, notStartedSchema, stateNodeSchema } from '../state-schema';
import { findStateNode, NOT_STARTED, stateTree } from '../state-tree';
import { autoRetryInfo } from './auto-retry';
import { requireTask } from './lookup';

const flag = anyText.describe('Any text that is not empty switches it on');

/**
 * The states of a task and its nodes, as of now (bk-sops §7.4). Its entity tag is a weak one: it stays the same as long
 * as nothing has happened, though the elapsed time of what runs goes on; `start_time` says since when.
 */
export const getTaskStatus = defineEndpoint({
  name: 'get_task_status',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'State of a task and its nodes',
  input: z.object({
    subprocess_id: z.string().optional().describe('Only this subprocess'),
    with_ex_data: flag,
    with_failed_node_info: flag,
    with_auto_retry_status: flag,
    with_new_status: flag,
  }),
  wording: [{ as: 'refused', text: (message, { ids }) => `task[id=${ids.task_id}] get status error: ${message}` }],
  data: z.union([stateNodeSchema.and(askedSchema), notStartedSchema.and(askedSchema)]),
  async run(call, { subprocess_id, ...wanted }) {
    const { db } = call.services;
    // Looked at before all else: what changes meanwhile is sent under the old tag, and so sent again.
    const version = await findTaskVersion(db, call.project.id, call.ids.task_id);
    const tag = version && entityTag([version.states, call.project.time_zone, subprocess_id ?? '', wanted]);
    if (tag && isTagOf(call.header('if-none-match'), tag)) return { tag, isUnchanged: true };
    const task = await requireTask(call);
    const tagged = tag ? { tag } : {};
    if (task.phase === 'created') return { data: { ...NOT_STARTED, ...asked(wanted, NO_FAILURES) }, ...tagged };
    const reached = await readStates(db, task.id, findOutline(db, task.id, version?.program ?? ''));
    const root = stateTree(task, reached, {
      format: timeFormatter(call.project),
      scheme: wanted.with_new_status ? 'new' : 'legacy',
    });
    const node = subprocess_id ? findStateNode(root, subprocess_id) : root;
    if (!node) throw new GantryError('refused', `node ${subprocess_id} has no state`);
    const failures =
      wanted.with_failed_node_info || wanted.with_auto_retry_status
        ? await failuresOf(db, task.id, failedWithin(reached, node.id))
        : NO_FAILURES;
    return {
      data: {
        ...node,
        ...(wanted.with_ex_data && node.state === 'FAILED' ? { ex_data: await findFailures(db, task.id) } : {}),
        ...asked(wanted, failures),
      },
      ...tagged,
    };
  },
});

type Failures = Awaited<ReturnType<typeof failuresOf>>;

const NO_FAILURES: Failures = {
  failed_node_info: {},
  auto_retry_status: { exist_auto_retry_nodes: false, auto_retry_nodes: [] },
};

function asked(
  wanted: { with_failed_node_info: boolean; with_auto_retry_status: boolean },
  { failed_node_info, auto_retry_status }: Failures,
) {
  return {
    ...(wanted.with_failed_node_info ? { failed_node_info } : {}),
    ...(wanted.with_auto_retry_status ? { auto_retry_status } : {}),
  };
}

/** Nodes that have failed, and those of them that will be tried again without anybody's help. */
async function failuresOf(db: Db, taskId: number, failed: readonly string[]) {
  const retriesOf = await readAutoRetries(db, taskId, findProgram<Program>(db, taskId));
  const infos = failed.map((nodeId) => autoRetryInfo(nodeId, retriesOf(nodeId)));
  const retried = infos.filter((info) => info.auto_retry_times < info.max_auto_retry_times);
  return {
    failed_node_info: Object.fromEntries(infos.map((info) => [info.node_id, info])),
    auto_retry_status: {
      exist_auto_retry_nodes: retried.length > 0,
      auto_retry_nodes: retried.map(({ node_id }) => node_id),
    },
  };
}
