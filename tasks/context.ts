import type { ProjectRecord } from '../db/access';
import type { TaskRecord } from '../db/tasks';
import type { TaskContext } from '../pipeline/machine';
import type { Program } from '../pipeline/program';
import { wallClock } from './time';
import { namedZones, zoneOffsets } from './zone';

/** What a starting task brings along: `${_system}` (spec 4.6), project constants, its time zone. */
export function contextOf(
  task: TaskRecord,
  project: ProjectRecord,
  taskUrl: string,
  { zones = [] }: Pick<Program, 'zones'> = {},
): TaskContext {
  const startedAt = task.started_at ?? new Date();
  const zone = zoneOffsets(project.time_zone, startedAt.getTime());
  const executor = task.executor ?? task.creator;
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
      operator: executor,
      executor,
    },
    env: {},
    zone,
    ...(zones.length > 0 ? { zones: namedZones(zones, startedAt.getTime()) } : {}),
  };
}

/** Where people look at a task. */
export function taskUrlOf(baseUrl: string, projectId: number, taskId: number): string {
  return `${baseUrl}/taskflow/execute/${projectId}/?instance_id=${taskId}`;
}
