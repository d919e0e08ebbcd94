import { z } from '@hono/zod-openapi';
import { listTaskAudit } from '../../../db/audit';
import { defineEndpoint } from '../endpoint';
import { timeFormatter } from '../format';
import { requireTask } from './lookup';

const MAX_RECORDS = 1000;

/** What upstream calls an operation (bk-sops §7.4); others are actions of the task, or of a node. */
const TYPES = new Set([
  'create',
  'task_clone',
  'start',
  'pause',
  'resume',
  'revoke',
  'delete',
  'update',
  'callback',
  'retry',
  'skip',
  'skip_exg',
  'skip_cpg',
  'pause_subproc',
  'resume_subproc',
  'forced_fail',
]);

/** Who has done what with a task, newest first (bk-sops §7.4). */
export const getTaskOperateRecord = defineEndpoint({
  name: 'get_task_operate_record',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'Operations of a task, or of one of its nodes',
  input: z.object({ node_id: z.string().optional() }),
  data: z.array(
    z.object({
      id: z.number().int(),
      operator: z.string(),
      operate_type: z.string(),
      operate_source: z.string(),
      operate_date: z.string(),
      instance_id: z.number().int(),
      project_id: z.number().int(),
      node_id: z.string(),
      extra_info: z.record(z.string(), z.unknown()),
    }),
  ),
  async run(call, { node_id }) {
    const task = await requireTask(call);
    const format = timeFormatter(call.project);
    const only = { limit: MAX_RECORDS, ...(node_id ? { nodeId: node_id } : {}) };
    const records = await listTaskAudit(call.services.db, task.id, only);
    return {
      data: records.map(({ id, at, username, action, source, node_id, detail }) => ({
        id: Number(id),
        operator: username,
        operate_type: typeOf(action, node_id),
        operate_source: source,
        operate_date: format(at) ?? '',
        instance_id: task.id,
        project_id: task.project_id,
        node_id: node_id ?? '',
        extra_info: { ...(TYPES.has(action) ? {} : { action }), ...(detail as Record<string, unknown> | null) },
      })),
    };
  },
});

function typeOf(action: string, nodeId: string | null): string {
  if (TYPES.has(action)) return action;
  if (action === 'set_constants') return 'update';
  return nodeId === null ? 'task_action' : 'nodes_action';
}
