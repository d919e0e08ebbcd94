import type { Actor } from '../../base/actor';
import { GantryError, requireNone } from '../../base/error';
import { groupedBy } from '../../base/grouped';
import type { Db, DbOrTransaction } from '../../db/connection';
import { toJsonText } from '../../db/json';
import type { PageOf, Rows } from '../../db/pages';
import { keepRemoteStepsNamed, listActionsOfSteps } from '../../db/remote-steps';
import {
  deleteRolloutTemplate,
  findLiveFlowOfTemplate,
  findPoolOfTemplate,
  findRolloutTemplate,
  insertRolloutTemplate,
  listRolloutTemplates,
  listStepsOfTemplates,
  lockRolloutTemplate,
  type NewTemplateStep,
  type RolloutTemplateRecord,
  replaceStepsOfTemplate,
  type TemplateStepRecord,
  updateRolloutTemplate,
} from '../../db/rollout-templates';
import { transact } from '../../db/transaction';
import { auditChanges, type Change } from '../../inventory/changes';
import { type GivenNames, inUse, nameTaken, noSuch, type ProjectPlace, readNameChanges, readNames } from '../names';
import { builtInStep } from './built-in';
import { readStepValues } from './check-values';
import { fromBuiltIn, fromRemoteSteps, type KnownStep } from './known-steps';
import { type GivenStep, readSteps, type TemplateStep } from './read-steps';

/** What is said of a rollout template, unchecked; absent: nothing is said. */
export interface GivenTemplate extends GivenNames {
  steps?: readonly GivenStep[];
}

/** A rollout template with its steps, in order. */
export type RolloutTemplate = RolloutTemplateRecord & { steps: TemplateStep[] };

/**
 * Makes a template of steps that there are; values may be left to who makes a rollout of it (orion §1.4).
 *
 * @throws GantryError `invalid` naming the field, or the name that another template has; `not_found` for a step
 */
export async function createTemplate(
  db: Db,
  place: ProjectPlace,
  given: GivenTemplate,
  actor: Actor,
): Promise<RolloutTemplateRecord> {
  const names = readNames('rollout template', given);
  const steps = readSteps(given.steps ?? []);
  return transact(db, async (tx) => {
    const rows = await rowsOf(tx, place, steps);
    const after = await insertRolloutTemplate(tx, { ...names, project_id: place.projectId });
    await replaceStepsOfTemplate(tx, after.id, rows);
    await audit(tx, place, actor, { action: 'create', changes: [{ after: outlined(after, steps) }] });
    return after;
  }).catch((error: unknown) => {
    throw nameTaken('rollout template', error, 'create');
  });
}

/**
 * Changes what is given; flows that there are keep the steps that they were made with.
 *
 * @throws GantryError as createTemplate; `not_found`
 */
export async function changeTemplate(
  db: Db,
  place: ProjectPlace,
  { id, given }: { id: number; given: GivenTemplate },
  actor: Actor,
): Promise<void> {
  const names = readNameChanges('rollout template', given);
  const steps = given.steps && readSteps(given.steps);
  await transact(db, async (tx) => {
    const rows = steps && (await rowsOf(tx, place, steps));
    const found = await lockRolloutTemplate(tx, place.projectId, id);
    if (!found) throw noSuch('rollout template', id);
    if (!rows && Object.keys(names).length === 0) return;
    const before = await withSteps(tx, found);
    if (rows) await replaceStepsOfTemplate(tx, id, rows);
    const changed = await updateRolloutTemplate(tx, id, names);
    const change = { before: outlined(before, before.steps), after: outlined(changed, steps ?? before.steps) };
    await audit(tx, place, actor, { action: 'update', changes: [change] });
  }).catch((error: unknown) => {
    throw nameTaken('rollout template', error, 'update');
  });
}

/** @throws GantryError `not_found`; `wrong_state` naming a pool that has it, or a flow of it that has not ended */
export async function removeTemplate(db: Db, place: ProjectPlace, id: number, actor: Actor): Promise<void> {
  const { projectId } = place;
  await transact(db, async (tx) => {
    const found = await lockRolloutTemplate(tx, projectId, id);
    if (!found) throw noSuch('rollout template', id);
    const pool = await findPoolOfTemplate(tx, { projectId, templateId: id });
    if (pool) throw inUse({ kind: 'rollout template', id }, { kind: 'pool', ...pool });
    const flow = await findLiveFlowOfTemplate(tx, id);
    if (flow) throw inUse({ kind: 'rollout template', id }, { kind: 'flow', ...flow });
    const { steps } = await withSteps(tx, found);
    await deleteRolloutTemplate(tx, id);
    await audit(tx, place, actor, { action: 'delete', changes: [{ before: outlined(found, steps) }] });
  });
}

/** @throws GantryError `not_found` */
export async function requireTemplate(db: DbOrTransaction, place: ProjectPlace, id: number): Promise<RolloutTemplate> {
  const found = await findRolloutTemplate(db, place.projectId, id);
  if (found) return withSteps(db, found);
  throw noSuch('rollout template', id);
}

/** Some of a project's templates, the newest first; with `name`, those that have it in theirs. */
export async function listTemplates(
  db: DbOrTransaction,
  { projectId }: ProjectPlace,
  filter: Rows & { name: string },
): Promise<PageOf<RolloutTemplate>> {
  const { rows, total } = await listRolloutTemplates(db, projectId, filter);
  return { rows: await allWithSteps(db, rows), total };
}

async function withSteps(db: DbOrTransaction, template: RolloutTemplateRecord): Promise<RolloutTemplate> {
  return (await allWithSteps(db, [template]))[0]!;
}

async function allWithSteps(
  db: DbOrTransaction,
  templates: readonly RolloutTemplateRecord[],
): Promise<RolloutTemplate[]> {
  const ids = templates.map(({ id }) => id);
  const steps = groupedBy(await listStepsOfTemplates(db, ids), ({ template_id }) => template_id);
  return templates.map((template) => ({ ...template, steps: (steps.get(template.id) ?? []).map(stepOf) }));
}

function stepOf({ name, values, retry_times, ignore_error }: TemplateStepRecord): TemplateStep {
  return { name, values, retryTimes: retry_times, ignoreError: ignore_error };
}

/** Rows of steps that there are, with values that they take; remote ones stay until the transaction ends. */
async function rowsOf(
  tx: DbOrTransaction,
  place: ProjectPlace,
  steps: readonly TemplateStep[],
): Promise<NewTemplateStep[]> {
  const known = await stepsNamed(
    tx,
    place,
    steps.map(({ name }) => name),
  );
  const read = steps.map(({ name, values }, index) => readStepValues(known.get(name)!, values, index));
  requireNone(read.flatMap(({ problems }) => problems));
  return steps.map(({ name, values, retryTimes, ignoreError }, index) => ({
    name,
    remote_step_id: known.get(name)!.remoteStepId,
    // What the step does not take now it may take once its actions are changed.
    values: toJsonText({ ...values, ...read[index]!.values }),
    retry_times: retryTimes,
    ignore_error: ignoreError,
  }));
}

async function stepsNamed(
  tx: DbOrTransaction,
  { projectId }: ProjectPlace,
  names: readonly string[],
): Promise<ReadonlyMap<string, KnownStep>> {
  const remote = await keepRemoteStepsNamed(
    tx,
    projectId,
    names.filter((name) => !builtInStep(name)),
  );
  const actions = await listActionsOfSteps(
    tx,
    remote.map(({ id }) => id),
  );
  const known = new Map<string, KnownStep>(fromRemoteSteps(remote, actions).map((step) => [step.name, step]));
  for (const name of names) {
    const builtIn = builtInStep(name);
    if (builtIn) known.set(name, fromBuiltIn(builtIn));
    if (!known.has(name)) throw noSuchStep(name);
  }
  return known;
}

function noSuchStep(name: string): GantryError {
  return new GantryError('not_found', `step ${name} not found: it is neither built in nor a remote step`, {
    reason: { code: 'not_found', args: { what: 'step', id: name } },
  });
}

/** For the records: values may be of any size, and are nobody's but the template's. */
function outlined(template: RolloutTemplateRecord, steps: readonly TemplateStep[]) {
  return { ...template, steps: steps.map(({ values, ...step }) => ({ ...step, values: Object.keys(values) })) };
}

function audit(
  tx: DbOrTransaction,
  place: ProjectPlace,
  actor: Actor,
  done: { action: string; changes: readonly Change<{ id: number }>[] },
): Promise<void> {
  return auditChanges(tx, place, actor, { what: 'rollout template', ...done });
}
