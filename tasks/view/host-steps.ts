import type { Db } from '../../db/connection';
import { findKeptAfter, readLog } from '../../db/host-logs';
import { findRunAt, listRuns, type PlacedRun } from '../../db/host-runs';
import { findStepOf, listTalliedSteps, type TalliedStep } from '../../db/host-steps';
import type { HostRunStatus } from '../../db/schema';
import { notThere, requireTaskOf } from '../require-task';
import { continuationBytes, unfinishedBytes } from './characters';

/**
 * What nodes of a task do, or have done, on hosts, after a step: one for each that an attempt takes, the oldest first.
 *
 * @throws GantryError `not_found` for a task that is not of the project
 */
export async function listHostSteps(
  db: Db,
  { projectId, taskId }: { projectId: number; taskId: number },
  page: { after: number; limit: number },
): Promise<TalliedStep[]> {
  await requireTaskOf(db, projectId, taskId);
  return listTalliedSteps(db, { projectId, taskId }, page);
}

/**
 * The hosts of a step, in its order, after a place.
 *
 * @throws GantryError `not_found` for a step that is not of the project
 */
export async function listHostRuns(
  db: Db,
  { projectId, stepId }: { projectId: number; stepId: number },
  page: { status?: HostRunStatus | undefined; after: number; limit: number },
): Promise<PlacedRun[]> {
  await requireStep(db, projectId, stepId);
  return listRuns(db, stepId, page);
}

/** Which host of which step of a project. */
interface RunOfProject {
  projectId: number;
  stepId: number;
  place: number;
}

/**
 * One host of a step.
 *
 * @throws GantryError `not_found` for a step that is not of the project, and for a place that the step has not
 */
export async function getHostRun(db: Db, { projectId, stepId, place }: RunOfProject): Promise<PlacedRun> {
  await requireStep(db, projectId, stepId);
  const run = await findRunAt(db, { stepId, place });
  if (!run) throw notThere('host of this step', place);
  return run;
}

/** A piece of the log of a run. */
export interface LogView {
  run: PlacedRun;
  /** The bytes that it is made of, from `from` up to, without, `to`. */
  from: number;
  to: number;
  /** What is no text in it is U+FFFD. */
  text: string;
  /** What it would be made of is not kept any more. */
  isDropped: boolean;
}

/**
 * A piece of what a host of a step has written: no character of it is cut.
 *
 * @param from byte of what is kept; of a negative number, so many before the end
 * @throws GantryError `not_found`
 */
export async function readHostLog(
  db: Db,
  at: RunOfProject,
  { from, max }: { from: number; max: number },
): Promise<LogView> {
  const run = await getHostRun(db, at);
  const size = Number(run.log_bytes);
  const wanted = from < 0 ? Math.max(0, size + from) : Math.min(from, size);
  const bytes = await readLog(db, run.id, { from: wanted, maxBytes: max });
  if (bytes.length === 0 && wanted < size) {
    const to = (await findKeptAfter(db, run.id, wanted)) ?? size;
    return { run, from: wanted, to, text: '', isDropped: true };
  }
  const isOver = wanted + bytes.length >= size && run.ended_at !== null;
  const skipped = from < 0 && wanted > 0 ? continuationBytes(bytes) : 0;
  const whole = isOver ? bytes.length : bytes.length - unfinishedBytes(bytes);
  const to = wanted + Math.max(whole, skipped);
  const text = bytes.subarray(skipped, Math.max(whole, skipped)).toString('utf8');
  return { run, from: wanted + skipped, to, text, isDropped: false };
}

/** @throws GantryError `not_found` for a step that is not of the project */
export async function requireStep(db: Db, projectId: number, stepId: number): Promise<void> {
  if (!(await findStepOf(db, projectId, stepId))) throw notThere('host step', stepId);
}
