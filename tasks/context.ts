import { wallClock } from '../base/time';
import { namedZones, zoneOffsets } from '../base/zone';
import type { ProjectRecord } from '../db/access';
import type { DbOrTransaction } from '../db/connection';
import { findTemplateExecutorProxy, listProjectConstants, type ProjectConstant } from '../db/projects';
import type { TaskRecord } from '../db/tasks';
import type { TaskContext } from '../pipeline/machine';
import type { Program } from '../pipeline/program';

/** What a task takes from around it when it starts. */
export interface Surroundings {
  constants: readonly ProjectConstant[];
  /** Executor proxy of the template that the task was made from. */
  templateProxy: string;
}

const NOTHING_AROUND: Surroundings = { constants: [], templateProxy: '' };

/** Reads what a starting task takes from its project and its template. */
export async function surroundingsOf(db: DbOrTransaction, task: TaskRecord): Promise<Surroundings> {
  return {
    constants: await listProjectConstants(db, task.project_id),
    templateProxy: task.template_id === null ? '' : await findTemplateExecutorProxy(db, Number(task.template_id)),
  };
}

/**
 * What a starting task brings along: `${_system}` (bk-sops §4.6), project constants, its time zone. Work is done in the
 * name of the task's executor proxy, else the template's, else the project's, else of who started it (bk-sops §10); a
 * node's own proxy goes before them all.
 */
export function contextOf(
  task: TaskRecord,
  project: ProjectRecord,
  taskUrl: string,
  { zones = [] }: Pick<Program, 'zones'> = {},
  { constants, templateProxy } = NOTHING_AROUND,
): TaskContext {
  const startedAt = task.started_at ?? new Date();
  const zone = zoneOffsets(project.time_zone, startedAt.getTime());
  const operator = task.executor ?? task.creator;
  const executor = task.executor_proxy || templateProxy || project.executor_proxy || operator;
  return {
    taskId: task.id,
    system: {
      task_id: task.id,
      task_name: task.name,
      task_url: taskUrl,
      task_start_time: wallClock(startedAt, zone[0]?.[1] ?? 0),
      language: 'en',
      project_id: project.id,
      project_name: project.name,
      bk_biz_id: project.bk_biz_id,
      bk_biz_name: project.name,
      biz_cc_id: project.bk_biz_id,
      biz_cc_name: project.name,
      biz_supplier_account: '0',
      operator,
      executor,
    },
    env: Object.fromEntries(constants.map(({ key, value }) => [`_env_${key}`, value])),
    zone,
    ...(zones.length > 0 ? { zones: namedZones(zones, startedAt.getTime()) } : {}),
  };
}

/** Where people look at a task. */
export function taskUrlOf(baseUrl: string, projectId: number, taskId: number): string {
  return `${baseUrl}/taskflow/execute/${projectId}/?instance_id=${taskId}`;
}

/** Where people claim a task that waits for somebody to take it. */
export function claimUrlOf(baseUrl: string, projectId: number, taskId: number): string {
  return `${baseUrl}/function/?project_id=${projectId}&instance_id=${taskId}`;
}
