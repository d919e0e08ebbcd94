import { changeProjectWithin, insertNewProject } from '../../access/projects';
import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import {
  type BusinessRecord,
  deleteBusiness,
  insertBusiness,
  lockBusinessIds,
  nextBusinessId,
  updateBusiness,
} from '../../db/businesses';
import type { Db } from '../../db/connection';
import { countHosts } from '../../db/hosts';
import { lockProject, updateProject } from '../../db/projects';
import { countActiveSchedules } from '../../db/schedules';
import { countRunningTasks } from '../../db/task-lists';
import { transact } from '../../db/transaction';
import { readChanges, readNew, type Values } from '../attributes';
import { auditChanges } from '../changes';
import { duplicateOf, isTaken, type UniqueKeys } from '../duplicates';
import type { BusinessPlace } from '../place';
import { requireAccount } from './account';
import { BUSINESS_ATTRIBUTES, ZONE_ATTRIBUTE } from './attributes';
import { enterBusiness } from './lock';

const UNIQUE: UniqueKeys = { what: 'business', within: 'account', keys: { businesses_by_name: ['name'] } };

type Given = Readonly<Record<string, unknown>>;

/** A business, and the zone of its project. */
export type Business = BusinessRecord & { time_zone: string };

/**
 * Makes a business in an account, and its project, whose admin is the one who makes it (cmdb §7).
 *
 * @param given its attributes, unchecked
 * @throws GantryError `invalid` naming the first attribute that is wrong, or the name that another business has
 */
export async function createBusiness(db: Db, account: string, given: Given, actor: Actor): Promise<Business> {
  requireAccount(account);
  const { time_zone, ...values } = readNew([...BUSINESS_ATTRIBUTES, ZONE_ATTRIBUTE], given);
  const business = { ...(values as Values & { name: string }), supplier_account: account };
  return transact(db, async (tx) => {
    await lockBusinessIds(tx);
    const id = await nextBusinessId(tx);
    const timeZone = String(time_zone);
    const project = await insertNewProject(
      tx,
      { name: business.name, bizId: id, timeZone, admin: actor.username },
      actor,
    );
    const made = await insertBusiness(tx, { ...business, id, project_id: project.id });
    if (!made) throw isTaken(['name'], UNIQUE, 'create');
    await auditChanges(tx, { projectId: project.id }, actor, {
      what: UNIQUE.what,
      action: 'create',
      changes: [{ after: made }],
    });
    return { ...made, time_zone: timeZone };
  });
}

/**
 * Changes a business, and the name and zone of its project with it.
 *
 * @throws GantryError `not_found`; `invalid` as createBusiness
 */
export async function changeBusiness(db: Db, place: BusinessPlace, given: Given, actor: Actor): Promise<void> {
  const { time_zone, ...changes } = readChanges([...BUSINESS_ATTRIBUTES, ZONE_ATTRIBUTE], given);
  const ofProject = {
    ...(changes.name === undefined ? {} : { name: String(changes.name) }),
    ...(time_zone === undefined ? {} : { timeZone: String(time_zone) }),
  };
  await transact(db, async (tx) => {
    // The business first: who changes what is in it has locked it when their records ask for the project.
    const before = await enterBusiness(tx, place);
    if (Object.keys(changes).length > 0) {
      const after = await updateBusiness(tx, before.id, changes);
      await auditChanges(tx, place, actor, { what: UNIQUE.what, action: 'update', changes: [{ before, after }] });
    }
    if (Object.keys(ofProject).length > 0) await changeProjectWithin(tx, place.projectId, ofProject, actor);
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/**
 * Deletes a business with all that is in it, and disables its project: what is in that stays, and nobody gets at it.
 *
 * @throws GantryError `not_found`; `wrong_state` while it has hosts, or tasks of its project run or are scheduled
 */
export async function removeBusiness(db: Db, place: BusinessPlace, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    const before = await enterBusiness(tx, place);
    await lockProject(tx, place.projectId);
    requireNoHosts(before, await countHosts(tx, place.projectId));
    requireNoTasks(before, await countRunningTasks(tx, place.projectId));
    requireNoSchedules(before, await countActiveSchedules(tx, place.projectId));
    await deleteBusiness(tx, before.id);
    // Its id is free: who registers it again gets another project.
    await updateProject(tx, place.projectId, { is_disabled: true, from_cmdb: false });
    await auditChanges(tx, place, actor, { what: UNIQUE.what, action: 'delete', changes: [{ before }] });
  });
}

function requireNoHosts({ id, name }: BusinessRecord, hosts: number): void {
  if (hosts === 0) return;
  const message = `business ${id} (${name}) has ${hosts} hosts: move them to the resource pool, or delete them, first`;
  throw new GantryError('wrong_state', message, {
    reason: { code: 'in_use', args: { what: UNIQUE.what, id, by: `${hosts} hosts` } },
  });
}

function requireNoTasks({ id, name }: BusinessRecord, tasks: number): void {
  if (tasks === 0) return;
  const message = `${tasks} tasks of business ${id} (${name}) run: wait for them, or stop them, first`;
  throw new GantryError('wrong_state', message, { reason: { code: 'wrong_state', args: { what: UNIQUE.what, id } } });
}

function requireNoSchedules({ id, name }: BusinessRecord, schedules: number): void {
  if (schedules === 0) return;
  const message = `${schedules} periodic or clocked tasks of business ${id} (${name}) are on: delete them, or turn them off, first`;
  throw new GantryError('wrong_state', message, { reason: { code: 'wrong_state', args: { what: UNIQUE.what, id } } });
}
