import { databaseTrouble } from '../db/errors';
import { listRunningTasks, type OutsideEnd, setNamespaceMark } from '../db/tasks';
import { transact } from '../db/transaction';
import type { Execution } from '../temporal/executions';
import { closeTask, FROM_TEMPORAL } from './close';
import { recordLostEnd } from './lost-end';
import { describeStranger, proveNamespace } from './namespace';
import { isPutAsideReason, putAside, type Stuck } from './put-aside';
import { Recent } from './recent';
import type { Services } from './services';

/** Workflows looked up in a round: a full turn over many tasks may take a while. */
const LOOKED_UP_PER_ROUND = 60;
const SIDE_BY_SIDE = 5;

/** Workflows that may be gone within a while; more are a sign that it is not they who are. */
const MOST_GONE = { count: 5, withinMs: 10 * 60_000 };

/** What a reconciler remembers from round to round. */
export class Watch {
  readonly gone = new Recent(MOST_GONE);
  turn = newTurn();
}

/** What came up in a turn over all tasks. */
function newTurn() {
  return { isGoneAlarming: false, foreign: 0, misfits: [] as Stuck[], failing: [] as Stuck[] };
}

/** What closing tasks whose workflow is over needs. */
export type LostServices = Pick<Services, 'db' | 'pipelines' | 'log' | 'alarms'>;

type RunningTask = Awaited<ReturnType<typeof listRunningTasks>>[number];
type Looked = RunningTask & { look: Execution | undefined };

/**
 * Ends running tasks whose workflow was terminated, is gone or cannot be run, so that they do not stay RUNNING for ever.
 * What is not found counts as gone only in a namespace that is known to be ours, and only when it is little.
 *
 * @returns where the next round goes on
 */
export async function closeLostTasks(
  services: LostServices,
  afterId: number,
  watch = new Watch(),
  now = Date.now(),
): Promise<number> {
  const tasks = await listRunningTasks(services.db, { afterId, limit: LOOKED_UP_PER_ROUND });
  const looked = await lookUp(services, tasks);
  await noteMarks(services, looked);
  for (const task of looked) if (task.look?.kind === 'ended') await closeEnded(services, task, task.look);
  const gone = looked.filter(({ look }) => look === undefined);
  await closeGone(services, gone, watch);
  const running = looked.flatMap(({ id, seq, look }) => (look?.kind === 'running' ? [{ id, seq, ...look }] : []));
  const { misfits, failing } = await putAside(services, running, now);
  watch.turn.misfits.push(...misfits);
  watch.turn.failing.push(...failing);
  if (tasks.length === LOOKED_UP_PER_ROUND) return tasks.at(-1)!.id;
  endTurn(services, watch);
  return 0;
}

async function lookUp({ pipelines }: Pick<Services, 'pipelines'>, tasks: readonly RunningTask[]): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (let at = 0; at < tasks.length; at += SIDE_BY_SIDE) {
    const some = tasks.slice(at, at + SIDE_BY_SIDE);
    looked.push(...(await Promise.all(some.map(async (task) => ({ ...task, look: await pipelines.look(task.id) })))));
  }
  return looked;
}

/** A task that is found is here, whatever was thought of it: as after its namespace's marker was made anew. */
async function noteMarks(
  { db, pipelines }: Pick<Services, 'db' | 'pipelines'>,
  looked: readonly Looked[],
): Promise<void> {
  const mark = await pipelines.namespace.knownMark();
  if (mark === undefined) return;
  for (const { id, look, namespace_mark } of looked) {
    if (look && namespace_mark !== mark) await setNamespaceMark(db, id, mark);
  }
}

async function closeEnded(
  services: LostServices,
  task: RunningTask,
  look: Execution & { kind: 'ended' },
): Promise<void> {
  if (look.status === 'CONTINUED_AS_NEW') return;
  if (look.status === 'COMPLETED' && (await recordEnd(services, task, look.at))) return;
  const reason = endReason(look);
  await close(services, task, { reason, isPutAside: isPutAsideReason(reason) }, look.status);
}

/**
 * The workflow ended as it should: its task is shown as it did.
 *
 * @returns whether that is done, or has to wait for a worker
 */
async function recordEnd(services: LostServices, task: RunningTask, at: Date): Promise<boolean> {
  const { log, pipelines } = services;
  try {
    const state = await pipelines.state(task.id);
    if (state && (await recordLostEnd(services.db, task, { state, at }))) {
      log.warn({ taskId: task.id, status: state.shown }, 'recorded how a task has ended, whose last rows were lost');
    }
    return true;
  } catch (error) {
    if (databaseTrouble(error)) throw error;
    log.error({ taskId: task.id, error }, 'how a task has ended cannot be read from its workflow');
    return false;
  }
}

/** One that cannot be closed keeps no other one waiting. */
async function close(
  { db, log }: Pick<Services, 'db' | 'log'>,
  task: RunningTask,
  end: OutsideEnd,
  workflow: string,
): Promise<void> {
  try {
    const isClosed = await transact(db, (tx) => closeTask(tx, task, end, FROM_TEMPORAL));
    if (isClosed) log.warn({ taskId: task.id, workflow, reason: end.reason }, 'closed a task whose workflow is over');
  } catch (error) {
    if (databaseTrouble(error)) throw error;
    log.error({ taskId: task.id, error }, 'a task whose workflow is over cannot be closed');
  }
}

function endReason({ status, reason }: { status: string; reason: string }): string {
  if (isPutAsideReason(reason)) return reason;
  if (status === 'TERMINATED') return `terminated on the Temporal server: ${reason}`;
  return reason || `its workflow is ${status}, and has not recorded how the task ended`;
}

async function closeGone(services: LostServices, gone: readonly Looked[], watch: Watch): Promise<void> {
  if (gone.length === 0) return;
  const { alarms } = services;
  const mark = await proveNamespace(services);
  if (mark === undefined) return alarms.raise('namespace', await describeStranger(services));
  const here = gone.filter(({ namespace_mark }) => namespace_mark === null || namespace_mark === mark);
  watch.turn.foreign += gone.length - here.length;
  if (!watch.gone.hasRoomFor(here.length)) {
    watch.turn.isGoneAlarming = true;
    return alarms.raise(
      'workflows not found',
      `the Temporal server knows no workflow of ${here.length} running tasks at once, from task ${here[0]!.id} on: ` +
        'none of them is ended. When they are lost, `gantry adopt-namespace --lost` ends them',
    );
  }
  watch.gone.add(here.length);
  const end = { reason: 'its workflow is gone from the Temporal server', isPutAside: false };
  for (const task of here) await close(services, task, end, 'not found');
}

/** Every running task has been looked at: what did not come up in this turn is over. */
function endTurn({ alarms, pipelines }: LostServices, watch: Watch): void {
  const { isGoneAlarming, foreign, misfits, failing } = watch.turn;
  watch.turn = newTurn();
  if (!isGoneAlarming) alarms.clear('workflows not found');
  const say = (name: string, count: number, message: string) =>
    count > 0 ? alarms.raise(name, message) : alarms.clear(name);
  say(
    'tasks elsewhere',
    foreign,
    `${foreign} running tasks were started in another namespace than ${pipelines.namespace.name} and are not found in ` +
      'it: processes of this installation have different settings of Temporal, or the namespace was replaced; then ' +
      '`gantry adopt-namespace --lost` ends those tasks',
  );
  say(
    'workflow code',
    misfits.length,
    `the code of the workers that are up cannot run ${listOf(misfits)}: they go on with workers of the build before`,
  );
  say(
    'workflows fail',
    failing.length,
    `the workflows of ${listOf(failing)} fail at once, too many to put them aside: look at the workers, or end them`,
  );
}

function listOf(tasks: readonly Stuck[]): string {
  const [first] = tasks;
  return `${tasks.length} running tasks, task ${first?.id} among them (${first?.failure.message})`;
}
