import { tryLock } from '../db/locks';
import { countPutAside } from '../db/tasks';
import type { TaskFailure } from '../temporal/executions';
import { closeTask, type Ender } from './close';
import type { Services } from './services';

/** Tries of one workflow task after which its workflow is given up, and how long nothing may have happened to it. */
const MAX_TRIES = 3;
const STILL_FOR_MS = 30_000;

/**
 * After one whose worker gave no answer the next one waits: all that a worker had when it died was tried in vain, and
 * what is not to blame gets on once the one that is has gone.
 */
const BETWEEN_LOST_MS = 20_000;

/** More workflows than that whose code fails are not to blame: the code is. */
const MOST_FAILED = 5;

type EndServices = Pick<Services, 'db' | 'pipelines' | 'log'>;

const PREFIX = 'put aside: ';
const ENDER: Ender = { username: '', source: 'reconciler' };

/** A task whose workflow runs, with how often its pending workflow task was given to a worker. */
interface Running {
  id: number;
  seq: number;
  runId: string;
  taskAttempt: number;
}

export type Stuck = Running & { failure: TaskFailure };

/** Whether a workflow was terminated by `putAside`. */
export function isPutAsideReason(reason: string): boolean {
  return reason.startsWith(PREFIX);
}

/** Stuck tasks that are left alone, because it is not they who are to blame. */
export interface LeftAlone {
  /** The code of the workers that are up cannot run them: another build will. */
  misfits: readonly Stuck[];
  /** They fail at once, and are too many for that. */
  failing: readonly Stuck[];
}

/**
 * The last line of defence: ends tasks whose workflow no worker can run, so that they do not go on failing, or killing
 * workers. A worker that is merely gone is no try: the server counts only tasks that somebody had.
 */
export async function putAside(
  services: EndServices,
  running: readonly Running[],
  now = Date.now(),
): Promise<LeftAlone> {
  const stuck: Stuck[] = [];
  for (const task of running) {
    if (task.taskAttempt <= MAX_TRIES) continue;
    const failure = await services.pipelines.findTaskFailure(task.id, task.runId);
    if (failure && failure.since.getTime() <= now - STILL_FOR_MS) stuck.push({ ...task, failure });
  }
  const of = (kind: TaskFailure['kind']) => stuck.filter(({ failure }) => failure.kind === kind);
  const failed = of('failed');
  const isMany = failed.length > MOST_FAILED;
  if (!isMany) for (const task of failed) await end(services, task);
  const [first] = of('lost').sort((a, b) => b.taskAttempt - a.taskAttempt);
  if (first) await endAlone(services, first, now);
  return { misfits: of('code'), failing: isMany ? failed : [] };
}

async function endAlone(services: EndServices, task: Stuck, now: number): Promise<void> {
  await services.db.transaction().execute(async (tx) => {
    if (!(await tryLock(tx, 'put aside'))) return;
    if ((await countPutAside(tx, new Date(now - BETWEEN_LOST_MS))) > 0) return;
    await end(services, task);
  });
}

/** Ends the workflow first: when its task cannot be closed now, the next round finds it terminated for this reason. */
async function end(
  { db, pipelines, log }: EndServices,
  { id, seq, runId, failure, taskAttempt }: Stuck,
): Promise<void> {
  const reason = `${PREFIX}its workflow was tried ${taskAttempt - 1} times and did not get on: ${failure.message}`;
  await pipelines.terminate(id, runId, reason);
  const isClosed = await db
    .transaction()
    .execute((tx) => closeTask(tx, { id, seq }, { reason, isPutAside: true }, ENDER));
  if (isClosed) log.error({ taskId: id, reason }, 'put a task aside that no worker can run');
}
