import { setTimeout as delay } from 'node:timers/promises';
import type { Service, Stack } from '../stack';
import { PersistentApi } from './api';
import { collectEvidence, countMoving, slowestRecovery, type Witnesses } from './evidence';
import { patiently } from './patiently';
import { judge, type Verdict } from './verdict';
import { createTasks, drive } from './workload';

/** From the first starts to the fault: half of the tasks are under way then, the other half is started into it. */
const RUN_UP_MS = 1_500;
const END_WITHIN_MS = 150_000;
const POLL_MS = 250;

export interface RoundResult extends Verdict {
  /** From the fault to the first sign of life of a task that it found under way: the longest of them. */
  recoveryMs: number;
  /** From the fault to the end of the last task. */
  endedMs: number;
}

/** Starts tasks, does the damage in the middle, and judges what became of them once everything has had the time to end. */
export async function runRound(
  stack: Stack,
  witnesses: Witnesses,
  tasksCount: number,
  inject: () => Promise<void>,
): Promise<RoundResult> {
  const { db } = witnesses;
  const api = new PersistentApi(stack.urls, stack.credentials);
  const tasks = await createTasks(api, tasksCount);
  const half = tasks.length >> 1;
  const driven = tasks.slice(0, half).map((task) => drive(api, task));
  await delay(RUN_UP_MS);
  const faultAt = new Date();
  const damage = inject();
  driven.push(...tasks.slice(half).map((task) => drive(api, task)));
  const refused = (await Promise.allSettled(driven)).filter((outcome) => outcome.status === 'rejected');
  await damage;

  const ids = tasks.map(({ id }) => id);
  const giveUpAt = Date.now() + END_WITHIN_MS;
  while ((await patiently(() => countMoving(db, ids), giveUpAt)) > 0 && Date.now() < giveUpAt) await delay(POLL_MS);
  const endedMs = Date.now() - faultAt.getTime();
  // A task is FAILED before the last of its rows need be written.
  await delay(POLL_MS);
  const verdict = judge(tasks, await patiently(() => collectEvidence(witnesses, ids), giveUpAt));
  return {
    ...verdict,
    lost: verdict.lost + refused.length,
    problems: [...verdict.problems, ...refused.map(({ reason }) => String(reason))],
    recoveryMs: await slowestRecovery(db, ids, faultAt),
    endedMs,
  };
}

/** Waits until every service answers again; the next round finds a whole stack. */
export async function untilWhole(stack: Stack, withinMs = 60_000): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  await patiently(() => Promise.all([...stack.services.values()].map((service: Service) => service.usage())), giveUpAt);
  for (const url of stack.urls) {
    await patiently(async () => {
      const { status } = await fetch(`${url}/readyz`);
      if (status !== 200) throw new Error(`${url} is not ready`);
    }, giveUpAt);
  }
}
