import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { requireUnsealed } from '../base/unsealed';
import { isZone } from '../base/zone';
import { findBusinessProject, type ProjectRecord, setRole } from '../db/access';
import { auditOf, insertAudit } from '../db/audit';
import {
  type BusinessRecord,
  findProjectBusiness,
  hasBusinessNamed,
  insertProjectBusiness,
  lockBusinessIds,
  nextBusinessId,
  updateBusiness,
} from '../db/businesses';
import type { Db, DbOrTransaction } from '../db/connection';
import { isDuplicate } from '../db/errors';
import { lookAgain } from '../db/pool-schedules';
import { insertProject, lockProject, updateProject } from '../db/projects';
import { transact } from '../db/transaction';
import { ensureUser } from './users';

export const MAX_PROJECT_NAME_LENGTH = 100;

export interface ProjectSettings {
  name: string;
  /** Id of the CMDB business whose project it is; null when it is nobody's. */
  bizId: number | null;
  /** IANA name. */
  timeZone: string;
  /** In whose name work is done; empty: in that of who starts it. */
  executorProxy: string;
}

export interface NewProject extends Omit<ProjectSettings, 'executorProxy'> {
  /** Who may do everything in it from the start; by default nobody but trusted apps. */
  admin?: string;
}

/** The zone on whose clock a project lives. */
export function zoneOf({ time_zone }: Pick<ProjectRecord, 'time_zone'>): string {
  return time_zone || 'UTC';
}

/**
 * Makes a project, and its business of the default account.
 *
 * @throws GantryError `invalid` when the name is none or the business has a project, `validation` when there is no such
 *   time zone
 */
export async function createProject(db: Db, asked: NewProject, actor: Actor): Promise<ProjectRecord> {
  const { name, bizId } = asked;
  return transact(db, async (tx) => {
    await lockBusinessIds(tx);
    const project = await insertNewProject(tx, asked, actor);
    await insertProjectBusiness(tx, { projectId: project.id, id: bizId, name });
    return project;
  }).catch((error: unknown) => {
    throw isDuplicate(error) ? hasProject(bizId) : error;
  });
}

/**
 * The row of a new project with its admin, and what was done; its business is to be made in the same transaction.
 *
 * @throws GantryError as createProject does
 */
export async function insertNewProject(
  tx: DbOrTransaction,
  { name, bizId, timeZone, admin }: NewProject,
  actor: Actor,
): Promise<ProjectRecord> {
  requireName(name);
  requireZone(timeZone);
  const project = await insertProject(tx, {
    name,
    bk_biz_id: bizId,
    from_cmdb: bizId !== null,
    time_zone: timeZone,
  });
  if (!project) throw hasProject(bizId);
  const entry = { ...auditOf(actor), projectId: project.id, object: `project ${project.id}` };
  await insertAudit(tx, { ...entry, action: 'create', detail: { name, bizId, timeZone } });
  if (admin !== undefined) {
    await ensureUser(tx, admin, actor);
    await setRole(tx, project.id, admin, 'admin');
    await insertAudit(tx, { ...entry, action: 'update', object: `role of ${admin}`, detail: { after: 'admin' } });
  }
  return project;
}

/** The project of a CMDB business, made where there is none (bk-sops §7.7, register_project). */
export async function registerProject(
  db: Db,
  asked: NewProject & { bizId: number },
  actor: Actor,
): Promise<ProjectRecord> {
  const known = await findBusinessProject(db, asked.bizId);
  if (known) return known;
  try {
    return await createProject(db, asked, actor);
  } catch (error) {
    // Somebody else made it meanwhile.
    const made = await findBusinessProject(db, asked.bizId);
    if (made) return made;
    throw error;
  }
}

/**
 * Changes what is named.
 *
 * @throws GantryError as createProject does
 */
export async function changeProject(
  db: Db,
  projectId: number,
  changes: Partial<ProjectSettings>,
  actor: Actor,
): Promise<ProjectRecord> {
  return transact(db, (tx) => changeProjectWithin(tx, projectId, changes, actor)).catch((error: unknown) => {
    throw isDuplicate(error) ? hasProject(changes.bizId ?? null) : error;
  });
}

/** The same as part of a larger change. */
export async function changeProjectWithin(
  tx: DbOrTransaction,
  projectId: number,
  { name, bizId, timeZone, executorProxy }: Partial<ProjectSettings>,
  actor: Actor,
): Promise<ProjectRecord> {
  if (name !== undefined) requireName(name);
  if (timeZone !== undefined) requireZone(timeZone);
  if (bizId !== undefined) await lockBusinessIds(tx);
  const before = await lockProject(tx, projectId);
  const after = await updateProject(tx, projectId, {
    ...(name === undefined ? {} : { name }),
    ...(bizId === undefined ? {} : { bk_biz_id: bizId, from_cmdb: bizId !== null }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
    executor_proxy: executorProxy ?? before.executor_proxy,
  });
  if (after.time_zone !== before.time_zone) await lookAgain(tx, projectId);
  const business = await findProjectBusiness(tx, projectId);
  if (business && bizId !== undefined && bizId !== before.bk_biz_id) await renumber(tx, business, bizId);
  else if (business?.name === before.name && name !== undefined) await rename(tx, business, name);
  await insertAudit(tx, {
    ...auditOf(actor),
    projectId,
    action: 'update',
    object: `project ${projectId}`,
    detail: { before: settingsOf(before), after: settingsOf(after) },
  });
  return after;
}

/** What is in the business stays in it. */
async function renumber(tx: DbOrTransaction, { id }: BusinessRecord, bizId: number | null): Promise<void> {
  await updateBusiness(tx, id, { id: bizId ?? (await nextBusinessId(tx)) });
}

/** A business that is called as its project goes on to be, unless another one of its account has that name. */
async function rename(tx: DbOrTransaction, { id, supplier_account }: BusinessRecord, name: string): Promise<void> {
  if (!(await hasBusinessNamed(tx, supplier_account, name))) await updateBusiness(tx, id, { name });
}

function settingsOf({ name, bk_biz_id, time_zone, executor_proxy }: ProjectRecord): ProjectSettings {
  return { name, bizId: bk_biz_id, timeZone: time_zone, executorProxy: executor_proxy };
}

function requireName(name: string): void {
  requireUnsealed(name, 'name');
  const max = MAX_PROJECT_NAME_LENGTH;
  if (name.trim() !== '' && name.length <= max) return;
  throw new GantryError('invalid', `name is not a text of 1 to ${max} characters`, {
    reason:
      name.length > max
        ? { code: 'too_long', args: { field: 'name', max } }
        : { code: 'required', args: { field: 'name' } },
  });
}

function requireZone(zone: string): void {
  if (isZone(zone)) return;
  throw new GantryError('validation', `time_zone ${zone} is unknown.`, {
    reason: { code: 'malformed', args: { field: 'time_zone' } },
  });
}

function hasProject(bizId: number | null): GantryError {
  return new GantryError('invalid', `bk_biz_id ${bizId} has a project already`, {
    reason: { code: 'duplicate', args: { what: 'project', name: String(bizId) } },
  });
}
