import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '../../db/connection';
import type { Report } from '../report';
import { round } from '../report';
import type { Stack } from '../stack';
import { PersistentApi } from './api';
import { collectEvidence, countMoving, type Witnesses } from './evidence';
import { judge, type Verdict } from './verdict';
import { createTasks, drive, type FaultTask } from './workload';

const SATURATION_MS = 30_000;
const SATURATING_TASKS = 60;
const KILL_EVERY_MS = 60_000;
const END_WITHIN_MS = 120_000;
const TOLERATED_GROWTH = 1.1;
const MB = 2 ** 20;

export interface SoakResult extends Verdict {
  tasksPerSecond: number;
  /** RSS in MB by service, a minute apart; the worker that is killed is not among them. */
  rss: Record<string, number[]>;
}

/** Half of the load that the stack can bear, for a long time, with a worker killed every minute. */
export async function soak(stack: Stack, witnesses: Witnesses, report: Report, minutes: number): Promise<SoakResult> {
  const api = new PersistentApi(stack.urls, stack.credentials);
  const saturation = await measureSaturation(api, witnesses.db);
  const tasksPerSecond = saturation / 2;
  report.heading(`soak: ${round(tasksPerSecond)} tasks/s for ${minutes} minutes, half of ${round(saturation)}`);

  const load = new Load(api, tasksPerSecond);
  const rss = await killEveryMinute(stack, minutes * 60_000, report);
  const tasks = await load.stop();
  const verdict = await settle(witnesses, tasks);

  report.line(`${verdict.tasks} tasks, ${verdict.lost} lost, ${verdict.doubled} doubled, ${verdict.stuck} stuck`);
  for (const problem of verdict.problems) report.line(problem);
  report.target('soak: lost, doubled, stuck', verdict.lost + verdict.doubled + verdict.stuck, { atMost: 0 });
  judgeMemory(report, rss);
  return { ...verdict, tasksPerSecond, rss };
}

/** Tasks a second when there is always another one waiting. */
async function measureSaturation(api: PersistentApi, db: Db): Promise<number> {
  const startedAt = Date.now();
  let done = 0;
  while (Date.now() - startedAt < SATURATION_MS) {
    const tasks = await createTasks(api, SATURATING_TASKS);
    await Promise.all(tasks.map((task) => drive(api, task)));
    const ids = tasks.map(({ id }) => id);
    // The next ones start when a third is left: the tail of a batch would leave the stack idle.
    while ((await countMoving(db, ids)) > SATURATING_TASKS / 3) await delay(100);
    done += SATURATING_TASKS;
  }
  return done / ((Date.now() - startedAt) / 1000);
}

/** Creates and starts tasks at an even rate, whatever becomes of them. */
class Load {
  readonly #driven: Promise<FaultTask[]>[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(api: PersistentApi, tasksPerSecond: number) {
    let begun = 0;
    this.#timer = setInterval(() => {
      const kinds = begun++;
      this.#driven.push(driveOne(api, kinds));
    }, 1000 / tasksPerSecond);
  }

  async stop(): Promise<FaultTask[]> {
    clearInterval(this.#timer);
    return (await Promise.all(this.#driven)).flat();
  }
}

async function driveOne(api: PersistentApi, number: number): Promise<FaultTask[]> {
  const tasks = await createTasks(api, 1, number);
  await Promise.all(tasks.map((task) => drive(api, task)));
  return tasks;
}

async function killEveryMinute(stack: Stack, forMs: number, report: Report): Promise<Record<string, number[]>> {
  const victim = stack.services.get('worker-1')!;
  const watched = [...stack.services.values()].filter((service) => service !== victim);
  const rss = Object.fromEntries(watched.map(({ name }) => [name, [] as number[]]));
  const endAt = Date.now() + forMs;
  while (Date.now() < endAt) {
    await delay(Math.min(KILL_EVERY_MS, endAt - Date.now()));
    for (const service of watched) rss[service.name]!.push((await service.usage()).rssBytes / MB);
    process.kill(victim.pid, 'SIGKILL');
    report.line(
      Object.entries(rss)
        .map(([name, values]) => `${name} ${round(values.at(-1)!)} MB`)
        .join(', '),
    );
  }
  return rss;
}

async function settle(witnesses: Witnesses, tasks: FaultTask[]): Promise<Verdict> {
  const ids = tasks.map(({ id }) => id);
  const giveUpAt = Date.now() + END_WITHIN_MS;
  while ((await countMoving(witnesses.db, ids)) > 0 && Date.now() < giveUpAt) await delay(250);
  await delay(250);
  return judge(tasks, await collectEvidence(witnesses, ids));
}

/**
 * What has just been made fills memory for minutes until it is cleared away, so two moments say nothing: what grows is
 * seen in the peaks.
 */
function judgeMemory(report: Report, rss: Record<string, number[]>): void {
  for (const [name, values] of Object.entries(rss)) {
    const third = Math.ceil(values.length / 3);
    const [first, last] = [Math.max(...values.slice(0, third)), Math.max(...values.slice(-third))];
    report.target(`soak: highest RSS of ${name} in the last third to that in the first`, last / first, {
      atMost: TOLERATED_GROWTH,
    });
  }
}
