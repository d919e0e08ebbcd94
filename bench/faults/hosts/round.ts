import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '../../../db/connection';
import type { Dice } from '../../random';
import type { PersistentApi } from '../api';
import { FAULTS } from '../inject';
import { patiently } from '../patiently';
import type { Scene } from '../scene';
import { type Blow, type Hit, strike } from './blows';
import { type HostRun, processesOn, readHost } from './on-hosts';
import { countOpenRuns, listBegun, type Rows, readProgress, readRows } from './rows';
import { createTask, type HostTask, KINDS, type Kind, operateNode, startTask, stopTask } from './tasks';
import { judge, type Problem } from './verdict';
import type { World } from './world';

/** What is done in the middle of a round. */
export interface RoundPlan {
  number: number;
  /** Of the stack. */
  fault: string;
  /** Of hosts. */
  blow: Blow;
  dice: Dice;
}

/** What became of a round, and what that was judged by. */
export interface RoundOutcome {
  tasks: readonly HostTask[];
  rows: Rows;
  hit: Hit;
  onHosts: ReadonlyMap<string, HostRun>;
  problems: Problem[];
}

const BEGUN_WITHIN_MS = 60_000;
const LONGEST_RUN_UP_MS = 2_000;
const SETTLED_WITHIN_MS = 180_000;
const POLL_MS = 250;
/** Besides those that are there in every round. */
const DRAWN_KINDS = 3;
const ALWAYS: readonly Kind[] = ['line', 'stopped', 'retried'];

/** Starts tasks over hosts, breaks something of the stack and something of the hosts in the middle, and judges what came of it. */
export async function runHostRound(
  { boot, db }: Scene,
  { api, world, hostIds }: { api: PersistentApi; world: World; hostIds: readonly number[] },
  { number, fault, blow, dice }: RoundPlan,
): Promise<RoundOutcome> {
  const tasks: HostTask[] = [];
  for (const kind of kindsOf(dice)) tasks.push(await createTask(api, world, number, kind, dice));
  const ids = tasks.map(({ id }) => id);
  const early = tasks.filter(({ kind }, index) => index % 2 === 0 || kind === 'stopped' || kind === 'forced');
  await Promise.all(early.map((task) => startTask(api, task)));
  await untilBegun(db, early);
  await delay(dice.below(LONGEST_RUN_UP_MS));

  // What is started, stopped and retried meanwhile is so into the fault.
  const late = tasks.filter((task) => !early.includes(task)).map((task) => startTask(api, task));
  const [hit] = await Promise.all([
    strike(blow, world.machines, dice),
    FAULTS[fault]!(boot),
    ...late,
    ...early.map((task) => interfere(api, task)),
  ]);
  await settle(db, api, tasks);

  const rows = await patiently(() => readRows(db, ids), Date.now() + SETTLED_WITHIN_MS);
  const onHosts = new Map(world.machines.flatMap((machine, host) => [...readHost(machine, host)]));
  const problems = judge({ tasks, rows, hostIds, onHosts, ...hit });
  for (const [host, machine] of world.machines.entries()) {
    for (const command of processesOn(machine, 'scripts')) {
      problems.push({ kind: 'process', text: `host ${host} still runs ${command}` });
    }
  }
  return { tasks, rows, hit, onHosts, problems };
}

/** Some that are there in every round, and others; those that are stopped in the middle have begun by then. */
function kindsOf(dice: Dice): Kind[] {
  const others = KINDS.filter((kind) => !ALWAYS.includes(kind));
  while (others.length > DRAWN_KINDS) others.splice(dice.below(others.length), 1);
  return [...ALWAYS, ...others];
}

/** Resolves when each of some tasks has begun on a host. */
async function untilBegun(db: Db, tasks: readonly HostTask[]): Promise<void> {
  const giveUpAt = Date.now() + BEGUN_WITHIN_MS;
  const ids = tasks.map(({ id }) => id);
  while ((await listBegun(db, ids)).length < ids.length) {
    if (Date.now() > giveUpAt) throw new Error(`tasks ${ids.join(', ')} have not begun on any host`);
    await delay(POLL_MS);
  }
}

async function interfere(api: PersistentApi, task: HostTask): Promise<void> {
  if (task.kind === 'stopped') await stopTask(api, task);
  if (task.kind === 'forced') await operateNode(api, task, 'forced_fail');
}

/** Retries what is to be retried, and waits until nothing is under way any more, or ought to be. */
async function settle(db: Db, api: PersistentApi, tasks: readonly HostTask[]): Promise<void> {
  const ids = tasks.map(({ id }) => id);
  const giveUpAt = Date.now() + SETTLED_WITHIN_MS;
  const retried = new Set<HostTask>();
  const hasEnded = async () => {
    const progress = await readProgress(db, ids);
    let moving = 0;
    for (const task of tasks) {
      const { phase, shown, attempts } = progress.get(task.id)!;
      if (shown === 'FAILED' && task.kind === 'retried' && !retried.has(task)) {
        retried.add(task);
        await operateNode(api, task, 'retry');
        moving += 1;
      } else if (phase !== 'ended' && (shown !== 'FAILED' || attempts < attemptsOf(task))) moving += 1;
    }
    return moving === 0 && (await countOpenRuns(db, ids)) === 0;
  };
  while (!(await patiently(hasEnded, giveUpAt)) && Date.now() < giveUpAt) await delay(POLL_MS);
  // A task is FAILED before the last of its rows need be written.
  await delay(POLL_MS);
}

/** How often a node of a task that fails is tried in all. */
function attemptsOf({ kind }: HostTask): number {
  return kind === 'retried' || kind === 'automatic' ? 2 : 1;
}
