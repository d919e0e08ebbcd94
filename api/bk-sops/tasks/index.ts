import type { Endpoint } from '../endpoint';
import { claimFunctionalizationTask } from './claim-functionalization-task';
import { cloneTaskEndpoint } from './clone-task';
import { createAndStartTask } from './create-and-start-task';
import { createTaskEndpoint } from './create-task';
import { deleteTaskEndpoint } from './delete-task';
import { fastCreateTask } from './fast-create-task';
import { getFunctionalizationTaskList } from './get-functionalization-task-list';
import { getNodeCallbackUrl } from './get-node-callback-url';
import { getNodeJobExecutedLog } from './get-node-job-executed-log';
import { getTaskDetail } from './get-task-detail';
import { getTaskEffectiveTime } from './get-task-effective-time';
import { getTaskCount, getTaskList } from './get-task-list';
import { getTaskNodeData } from './get-task-node-data';
import { getTaskNodeDetail } from './get-task-node-detail';
import { getTaskNodeLog } from './get-task-node-log';
import { getTaskOperateRecord } from './get-task-operate-record';
import { getTaskPluginLog } from './get-task-plugin-log';
import { getTaskStatus } from './get-task-status';
import { getTasksManualInterventionState, getTasksStatus } from './get-tasks-status';
import { modifyConstantsForTask } from './modify-constants-for-task';
import { nodeCallbackEndpoint } from './node-callback';
import { operateNodeEndpoint } from './operate-node';
import { operateTaskEndpoint } from './operate-task';
import { queryTaskCount } from './query-task-count';
import { startTaskEndpoint } from './start-task';

/** Tasks: making, operating and looking at them (bk-sops §7.2 to §7.4). */
export const taskEndpoints: readonly Endpoint[] = [
  fastCreateTask,
  createTaskEndpoint,
  createAndStartTask,
  startTaskEndpoint,
  operateTaskEndpoint,
  operateNodeEndpoint,
  nodeCallbackEndpoint,
  getTaskStatus,
  getTaskDetail,
  getTaskNodeData,
  getNodeCallbackUrl,
  claimFunctionalizationTask,
  cloneTaskEndpoint,
  deleteTaskEndpoint,
  getFunctionalizationTaskList,
  getTaskEffectiveTime,
  getTaskCount,
  getTaskList,
  getTaskNodeDetail,
  getTaskNodeLog,
  getTaskPluginLog,
  getNodeJobExecutedLog,
  getTaskOperateRecord,
  getTasksManualInterventionState,
  getTasksStatus,
  modifyConstantsForTask,
  queryTaskCount,
];
