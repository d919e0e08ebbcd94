import type { Endpoint } from '../endpoint';
import { fastCreateTask } from './fast-create-task';
import { getTaskDetail } from './get-task-detail';
import { getTaskNodeData } from './get-task-node-data';
import { getTaskStatus } from './get-task-status';
import { nodeCallbackEndpoint } from './node-callback';
import { operateNodeEndpoint } from './operate-node';
import { operateTaskEndpoint } from './operate-task';
import { startTaskEndpoint } from './start-task';

/** Tasks: making, operating and looking at them (spec 7.2 to 7.4). */
export const taskEndpoints: readonly Endpoint[] = [
  fastCreateTask,
  startTaskEndpoint,
  operateTaskEndpoint,
  operateNodeEndpoint,
  nodeCallbackEndpoint,
  getTaskStatus,
  getTaskDetail,
  getTaskNodeData,
];
