import type { Insertable } from 'kysely';
import type { Actor } from '../base/actor';
import { requireUnsealed } from '../base/unsealed';
import type { ProjectRecord } from '../db/access';
import { auditOf } from '../db/audit';
import type { Db, DbOrTransaction } from '../db/connection';
import { toJsonText } from '../db/json';
import type { Database } from '../db/schema';
import { insertTask } from '../db/tasks';
import { transact } from '../db/transaction';
import type { PipelineTree } from '../pipeline/tree/types';
import type { PreparedTree } from '../trees/prepare';

export interface NewTask {
  project: ProjectRecord;
  name: string;
  /** What it runs, its secrets sealed for the project. */
  prepared: PreparedTree;
  /** Somebody has to claim it before it can be started. */
  mustBeClaimed?: boolean;
  /** As bk-sops sorts tasks (default `Default`). */
  category?: string;
  description?: string;
  /** `api`, `app`, `periodic`, `clocked`, `mcp`, `rollout`. */
  createMethod: string;
  actor: Actor;
  /** Where the tree is from; absent for a one-time task, and for a rollout. */
  template?: { id: number; version: number; source: 'project' | 'common' };
  /** Id of the periodic or clocked task that makes this one. */
  createInfo?: string;
  executorProxy?: string;
  /** The task that it goes on with, and how. */
  goesOn?: { with: number; how: object };
  /** Where its notices go, and in which form. */
  noticesTo?: { url: string; version: string | null };
  /** What the records call it (default `create`). */
  auditAction?: 'create' | 'task_clone';
  /** Written in the transaction that creates the task. */
  alongside?(tx: DbOrTransaction, taskId: number): Promise<void>;
}

/**
 * Creates a task of a tree that is ready to run; it does not start.
 *
 * @throws GantryError `invalid` for sealed text in its name
 */
export async function createTask(db: Db, task: NewTask): Promise<{ id: number; tree: PipelineTree }> {
  const { actor, alongside, auditAction: action = 'create', prepared, project } = task;
  requireUnsealed(task.name, 'name');
  const insert = (db: DbOrTransaction) =>
    insertTask(db, rowOf(task, prepared.tree), prepared, { ...auditOf(actor), projectId: project.id, action });
  const id = alongside
    ? await transact(db, async (tx) => {
        const id = await insert(tx);
        await alongside(tx, id);
        return id;
      })
    : await insert(db);
  return { id, tree: prepared.tree };
}

function rowOf(task: NewTask, tree: PipelineTree): Insertable<Database['tasks']> {
  return {
    project_id: task.project.id,
    name: task.name,
    description: task.description ?? '',
    category: task.category ?? 'Default',
    flow_type: task.mustBeClaimed ? 'common_func' : 'common',
    current_flow: task.mustBeClaimed ? 'func_claim' : 'execute_task',
    create_method: task.createMethod,
    create_info: task.createInfo ?? '',
    template_id: task.template ? String(task.template.id) : null,
    template_version: task.template?.version ?? null,
    template_source: task.template?.source ?? (task.createMethod === 'rollout' ? 'rollout' : 'onetime'),
    root_node_id: tree.id!,
    creator: task.actor.username,
    executor_proxy: task.executorProxy ?? '',
    callback_url: task.noticesTo?.url ?? null,
    callback_version: task.noticesTo?.version ?? null,
    ...(task.goesOn ? { again_of: task.goesOn.with, again: toJsonText(task.goesOn.how) } : {}),
  };
}
