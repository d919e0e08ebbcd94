import { includesRole } from '../../access/permission';
import type { Role } from '../../db/schema';
import type { Call } from './endpoint';

/** What a caller may do: everything as a trusted app, else what the role in the project lets them. */
export type Granted = Role | 'all' | null;

/** Actions as IAM names them (bk-sops §10), in the order in which they are listed, each with the role that it needs. */
const FLOW_ACTIONS = {
  flow_create: 'editor',
  flow_view: 'viewer',
  flow_edit: 'editor',
  flow_delete: 'editor',
  flow_create_task: 'operator',
  flow_create_mini_app: 'editor',
  flow_create_periodic_task: 'editor',
  flow_create_clocked_task: 'editor',
} as const;

const TASK_ACTIONS = {
  task_view: 'viewer',
  task_edit: 'operator',
  task_operate: 'operator',
  task_claim: 'operator',
  task_delete: 'editor',
  task_clone: 'operator',
} as const;

const PERIODIC_TASK_ACTIONS = {
  periodic_task_view: 'viewer',
  periodic_task_edit: 'editor',
  periodic_task_delete: 'editor',
} as const;

const PROJECT_ACTIONS = {
  project_view: 'viewer',
  project_edit: 'admin',
  project_fast_create_task: 'operator',
} as const;

/** The `auth_actions` of a template. */
export function flowActions(granted: Granted): string[] {
  return actionsFor(FLOW_ACTIONS, granted);
}

/** The `auth_actions` of a common template, which only trusted apps change. */
export function commonFlowActions(granted: Granted): string[] {
  const reserved: string[] = ['flow_create', 'flow_edit', 'flow_delete'];
  return flowActions(granted).filter((action) => granted === 'all' || !reserved.includes(action));
}

/** The `auth_actions` of a task. */
export function taskActions(granted: Granted): string[] {
  return actionsFor(TASK_ACTIONS, granted);
}

/** The `auth_actions` of a periodic task. */
export function periodicTaskActions(granted: Granted): string[] {
  return actionsFor(PERIODIC_TASK_ACTIONS, granted);
}

/** The `auth_actions` of a project. */
export function projectActions(granted: Granted): string[] {
  return actionsFor(PROJECT_ACTIONS, granted);
}

/** What the caller may do in the project of its call. */
export function grantedIn({ caller, project }: Call): Granted {
  return caller.app.trusted ? 'all' : project.role;
}

function actionsFor(actions: Readonly<Record<string, Role>>, granted: Granted): string[] {
  if (granted === null) return [];
  return Object.keys(actions).filter((action) => granted === 'all' || includesRole(granted, actions[action]!));
}
