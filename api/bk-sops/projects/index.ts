import type { Endpoint } from '../endpoint';
import { deleteProjectConstantEndpoint, getProjectConstants, setProjectConstantEndpoint } from './constants';
import { createProjectEndpoint, registerProjectEndpoint } from './create-project';
import { getUserProjectDetail } from './get-user-project-detail';
import { getUserProjectList } from './get-user-project-list';
import { modifyProjectExecutorProxy } from './modify-project-executor-proxy';
import { getProjectRoles, setProjectRole } from './roles';
import { updateProjectEndpoint } from './update-project';

/** Projects: what they are, who may do what in them, what their tasks take along (bk-sops §7.7). */
export const projectEndpoints: readonly Endpoint[] = [
  getUserProjectList,
  getUserProjectDetail,
  registerProjectEndpoint,
  createProjectEndpoint,
  updateProjectEndpoint,
  modifyProjectExecutorProxy,
  getProjectRoles,
  setProjectRole,
  getProjectConstants,
  setProjectConstantEndpoint,
  deleteProjectConstantEndpoint,
];
