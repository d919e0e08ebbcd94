import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { findProject } from '../db/access';
import type { Db, DbOrTransaction } from '../db/connection';
import {
  decideLaunch,
  failLaunch,
  findLaunch,
  type LaunchKey,
  type LaunchRecord,
  recordLaunchedTask,
} from '../db/launches';
import { transact } from '../db/transaction';
import { createTask } from '../tasks/create';
import type { Services } from '../tasks/services';
import type { StartServices } from '../tasks/start';
import { startUnlessStarted } from '../tasks/start-unless-started';
import type { Launch, LaunchRequest, LaunchResult } from '../workflows/contract';
import { KINDS, rowOfSchedule } from './kinds';
import { type Launchable, scheduleName } from './kinds/kind';

/** A launch, with what is the same for all kinds. */
interface KnownLaunch extends Launchable {
  key: LaunchKey;
  actor: Actor;
  /** What says in the task where it is from. */
  origin: { createMethod: string; createInfo: string };
}

/** A firing is launched by the activity `launch`: once, however often that is repeated. */
export function createLauncher(services: StartServices & Pick<Services, 'schedules'>, kinds = KINDS): Launch {
  return async (request) => {
    const launchable = await findLaunchable(services.db, request, kinds);
    if (launchable) return launch(services, launchable);
    await services.schedules.remove(request.schedule);
    return { state: 'skipped', taskId: null, reason: `there is no ${request.schedule}` };
  };
}

async function findLaunchable(db: Db, request: LaunchRequest, kinds: typeof KINDS): Promise<KnownLaunch | undefined> {
  const row = rowOfSchedule(request.schedule, kinds);
  if (!row) throw ApplicationFailure.nonRetryable(`${request.schedule} is no schedule of ours`);
  const { kind, id } = row;
  const launchable = await kind.launchOf(db, id, request);
  return (
    launchable && {
      ...launchable,
      key: { schedule: scheduleName(kind, id), nominalAt: launchable.nominalAt },
      actor: { username: launchable.username, appCode: '', source: kind.name },
      origin: { createMethod: kind.name, createInfo: String(id) },
    }
  );
}

async function launch(services: StartServices, launchable: KnownLaunch): Promise<LaunchResult> {
  const { db } = services;
  let record = await transact(db, (tx) => decideOnce(tx, launchable));
  // The activity is tried again until the task before has ended: that costs no history.
  if (record.state === 'waiting') throw benign(record.ex_data);
  try {
    if (record.state === 'creating') record = await create(services, launchable);
    if (record.state === 'launched') await start(services, launchable, record.task_id!);
    if (record.state === 'failed') await fail(db, launchable, record.ex_data);
  } catch (error) {
    const reason = reasonToGiveUp(error, launchable);
    if (reason === undefined) throw error;
    services.log.warn({ schedule: launchable.key.schedule, error }, 'a launch did not work');
    await fail(db, launchable, reason);
  }
  return resultOf((await findLaunch(db, launchable.key))!);
}

async function decideOnce(tx: DbOrTransaction, launchable: KnownLaunch): Promise<LaunchRecord> {
  // First what holds the row: of two launches the second sees what the first has decided.
  const decision = await launchable.decide(tx, launchable.key);
  const known = await findLaunch(tx, launchable.key);
  if (known && known.state !== 'waiting') return known;
  const isTooLate = !known && launchable.isLate();
  await decideLaunch(
    tx,
    launchable.key,
    isTooLate ? { state: 'failed', reason: 'missed: it came too late' } : decision,
  );
  return (await findLaunch(tx, launchable.key))!;
}

async function create({ db, log }: StartServices, launchable: KnownLaunch): Promise<LaunchRecord> {
  const { key } = launchable;
  try {
    await createTask(db, {
      ...(await launchable.newTask()),
      ...launchable.origin,
      project: (await findProject(db, launchable.projectId))!,
      actor: launchable.actor,
      async alongside(tx, taskId) {
        if (!(await recordLaunchedTask(tx, key, taskId))) throw new Error('another attempt has decided this launch');
        await launchable.launched(tx, taskId);
        log.info({ schedule: key.schedule, taskId }, 'launched');
      },
    });
  } catch (error) {
    const decided = await findLaunch(db, key);
    if (!decided || decided.state === 'creating') throw error;
    return decided;
  }
  return (await findLaunch(db, key))!;
}

async function start(services: StartServices, { projectId, actor }: KnownLaunch, taskId: number): Promise<void> {
  const project = (await findProject(services.db, projectId))!;
  await startUnlessStarted(services, taskId, project, { actor, isPaused: false });
}

/** What is wrong with the task will be wrong at the next attempt too; anything else may pass, but not for ever. */
function reasonToGiveUp(error: unknown, launchable: KnownLaunch): string | undefined {
  if (error instanceof GantryError && error.kind !== 'unavailable') return error.message;
  return launchable.isLate() ? `missed: it did not work in time: ${(error as Error).message}` : undefined;
}

async function fail(db: Db, launchable: KnownLaunch, reason: string): Promise<void> {
  await transact(db, async (tx) => {
    await failLaunch(tx, launchable.key, reason);
    await launchable.failed(tx, reason);
  });
}

function benign(reason: string): Error {
  return ApplicationFailure.create({ message: reason, category: ApplicationFailureCategory.BENIGN });
}

function resultOf({ state, task_id, ex_data }: LaunchRecord): LaunchResult {
  return { state: state as LaunchResult['state'], taskId: task_id, reason: ex_data };
}
