import type { Endpoint } from '../endpoint';
import { createClockedTaskEndpoint } from './create-clocked-task';
import { createPeriodicTaskEndpoint } from './create-periodic-task';
import { deleteClockedTaskEndpoint, getClockedTaskInfo, getClockedTaskList } from './get-clocked-tasks';
import { getPeriodicTaskInfo, getPeriodicTaskList } from './get-periodic-tasks';
import {
  deletePeriodicTaskEndpoint,
  modifyConstantsForPeriodicTask,
  modifyCronForPeriodicTask,
  setPeriodicTaskEnabledEndpoint,
} from './modify-periodic-task';
import { previewCron, previewPeriodicTask } from './preview';
import { getPeriodicTaskHistory, runPeriodicTaskNowEndpoint } from './run-periodic-task';

/** Periodic and clocked tasks (bk-sops §7.6). */
export const scheduleEndpoints: readonly Endpoint[] = [
  createPeriodicTaskEndpoint,
  getPeriodicTaskList,
  getPeriodicTaskInfo,
  setPeriodicTaskEnabledEndpoint,
  modifyCronForPeriodicTask,
  modifyConstantsForPeriodicTask,
  deletePeriodicTaskEndpoint,
  runPeriodicTaskNowEndpoint,
  getPeriodicTaskHistory,
  previewPeriodicTask,
  previewCron,
  createClockedTaskEndpoint,
  getClockedTaskList,
  getClockedTaskInfo,
  deleteClockedTaskEndpoint,
];
