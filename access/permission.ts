import { GantryError } from '../base/error';
import { type EnteredProject, findAdmission } from '../db/admission';
import type { Db } from '../db/connection';
import type { Role } from '../db/schema';
import type { Caller, Need } from './caller';
import type { Rights } from './rights';

/** How a request names its project. */
export interface Place {
  id: number;
  /** Whether it means this one, of those that its id may mean. */
  isAt(project: EnteredProject): boolean;
  /** For messages: the project as the client named it. */
  text: string;
}

const RANKS: Record<Role, number> = { viewer: 1, operator: 2, editor: 3, admin: 4 };

/** Whether a role includes another. */
export function includesRole(role: Role, needed: Role): boolean {
  return RANKS[role] >= RANKS[needed];
}

/**
 * Lets a caller do something in a project, or not. Trusted apps answer for their users (bk-sops §10).
 *
 * @param place how the caller named the project: who has no role in it learns no more than that
 * @throws GantryError `forbidden`, naming what is missing
 */
export function authorise(
  { app, username }: Caller,
  need: Need,
  project: EnteredProject | undefined,
  place = 'a project',
): void {
  if (may({ app }, need, project)) return;
  if (need === 'trusted') throw new GantryError('forbidden', 'you have no permission to call this api.');
  const role = project?.role;
  throw new GantryError(
    'forbidden',
    role
      ? `${username} is ${role} of project ${project.id}: this needs the role ${need}`
      : `${place} does not exist, or ${username} has no role in it: this needs the role ${need}`,
  );
}

/** Whether a caller may do something in a project, as `authorise` lets them. */
export function may(
  { app }: Pick<Caller, 'app'>,
  need: Need,
  project: Pick<EnteredProject, 'role'> | undefined,
): boolean {
  if (app.trusted || need === 'user') return true;
  const role = project?.role;
  return need !== 'trusted' && role != null && includesRole(role, need);
}

/** The projects that an id may mean, with the role of the caller's user in them. */
export async function findProjects(db: Db, { app, username }: Caller, projectId: number): Promise<EnteredProject[]> {
  const { projects } = await findAdmission(db, { appCode: app.code, username, projectId });
  return projects;
}

/**
 * The project that a request is in. To a trusted app one that is not there does not exist; any other is refused it in the
 * same words as one in which its user has no role.
 *
 * @param projects those that the id may mean, with the role of the caller's user
 * @throws GantryError `not_found`, `forbidden`
 */
export function enterProject(
  caller: Caller,
  need: Need,
  place: Place,
  projects: readonly EnteredProject[],
): EnteredProject {
  // One that was disabled is as if it were not there.
  const project = projects.find((one) => place.isAt(one) && !one.is_disabled);
  authorise(caller, need, project, place.text);
  if (project) return project;
  throw new GantryError('not_found', `${place.text} does not exist.`, {
    reason: { code: 'not_found', args: { what: 'project', id: place.id } },
  });
}

/**
 * Nobody may have work done in another's name; an empty proxy is nobody's.
 *
 * @throws GantryError `invalid`
 */
export function requireOwnProxy(caller: Caller, executorProxy: string): void {
  if (mayProxy(caller, executorProxy)) return;
  throw new GantryError('invalid', 'executor_proxy can only be set to oneself');
}

export function mayProxy({ app, username }: Caller, executorProxy: string): boolean {
  return app.trusted || executorProxy === '' || executorProxy === username;
}

/**
 * What a caller may have in trees and values that they send.
 *
 * @param project the one that it is for; absent where it is for all, which only trusted apps may change
 */
export function rightsOf(caller: Caller, project?: Pick<EnteredProject, 'role'>): Rights {
  const { role } = project ?? {};
  return {
    mayProxy: (executorProxy) => mayProxy(caller, executorProxy),
    mayReferToPasswords: caller.app.trusted || (role != null && includesRole(role, 'editor')),
    maySendSealed: false,
  };
}
