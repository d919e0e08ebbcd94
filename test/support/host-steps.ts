import type { Db } from '../../db/connection';
import { endRuns, type RunEnding } from '../../db/host-run-ends';
import type { RunTry } from '../../db/host-runs';
import { findStep, insertStep, type NewStep } from '../../db/host-steps';
import { insertSampleTask } from './sample-task';

let made = 0;

/** Ends a run; whether it was this that ended it. */
export async function endRun(db: Db, { id, host_try }: RunTry, ending: RunEnding): Promise<boolean> {
  return (await endRuns(db, [{ ...ending, id, host_try }])).has(id);
}

/** Writes a step over so many hosts of a project of its own; its id. */
export async function makeHostStep(db: Db, count: number, options: Partial<NewStep> = {}): Promise<number> {
  const taskId = await insertSampleTask(db);
  const { project_id } = await db
    .selectFrom('tasks')
    .select('project_id')
    .where('id', '=', taskId)
    .executeTakeFirstOrThrow();
  if (options.projectId) {
    await db.updateTable('tasks').set({ project_id: options.projectId }).where('id', '=', taskId).execute();
  }
  made += 1;
  const rows = Array.from({ length: count }, (_, n) => ({
    supplier_account: '0',
    address: `10.${made}.${n >> 8}.${n & 255}`,
    project_id,
  }));
  const hosts = await db.insertInto('hosts').values(rows).returning(['id', 'address', 'name']).execute();
  const key = { taskId, nodeId: 'n1', loop: 1, retry: 0, ordinal: 1 };
  const limits = { timeoutSeconds: 60, concurrency: 10, maxFailed: null, parts: 1 };
  const more = { retries: 0, retryWaitSeconds: 0, locksHosts: false };
  const step: NewStep = { ...key, projectId: project_id, workHash: 'h', account: null, ...limits, ...more, ...options };
  const all = hosts.map(({ id, address, name }) => ({ id, address: address!, name, fromRun: null, skipped: '' }));
  await insertStep(db, step, all);
  // Opened again by whoever does not know that it is.
  await insertStep(db, step, all);
  return (await findStep(db, key))!.id;
}
