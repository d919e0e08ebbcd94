import type { Boot } from '../../stack/backends';
import { say } from '../../stack/output';
import { RefusedError } from '../client';
import type { Services } from '../start';
import { type Complaint, Tally } from '../tally';
import { withThrowAwayStack } from '../throw-away';
import { type AnswerServer, startAnswerServer } from './answers';
import { checkBody } from './body-case';
import { HealthClient } from './health';
import { type House, openHouse } from './house';
import { type HostileCase, loadHostile } from './load';
import { expandRepeats } from './shorthand';
import { checkTask } from './task-case';
import type { CaseTask } from './tasks';
import { deaths, describeProbes, judgeProbes, type Probe } from './verdict';

const LONGEST_HEALTH_MS = 1_000;
const HEALTH_AIM_MS = 250;
const NEIGHBOUR_WITHIN_MS = 30_000;

/**
 * `gantry hostile DIR`: sends the inputs of `DIR/hostile.json` to a stack of its own while a second client measures.
 * Prints a line a failing case, what the second client saw, and `N passed, N failed` as the last line.
 *
 * @returns 0 when every case passes
 */
export async function runHostile(folder: string): Promise<number> {
  const run: Run = {
    queue: loadHostile(folder),
    tally: new Tally(),
    probes: [],
    answers: await startAnswerServer(),
    outcome: undefined,
  };
  try {
    // A stack that does not come back is no reason for the cases after it to fail: they get another one.
    do {
      run.outcome = undefined;
      const settings = { GANTRY_HTTP_ALLOW: '127.0.0.1' };
      const code = await withThrowAwayStack('hostile', (...booted) => attack(booted, run), settings);
      // Interrupted, or not booted.
      if (!run.outcome) return code || 1;
    } while (run.outcome === 'lost');
  } finally {
    await run.answers.close();
  }
  process.stdout.write(`${describeProbes(run.probes, HEALTH_AIM_MS)}\n`);
  return run.tally.close();
}

interface Run {
  /** Cases that have not been sent. */
  queue: HostileCase[];
  tally: Tally;
  /** All that the second client saw. */
  probes: Probe[];
  answers: AnswerServer;
  /** What became of the last stack; undefined while that is not known. */
  outcome: 'done' | 'lost' | undefined;
}

/** Sends cases to a stack until there are no more, or it does not come back. */
async function attack(booted: [Services, Boot], run: Run): Promise<number> {
  const house = await openHouse(...booted);
  const health = new HealthClient(booted[0].url);
  try {
    if (!(await house.recover())) throw new Error('the stack does not work, even before the first case');
    let isWell = true;
    while (isWell && run.queue.length > 0) {
      const testCase = run.queue.shift()!;
      say(`${testCase.kind} ${testCase.name}`);
      await run.tally.add(`${testCase.kind} ${testCase.name}`, async () => {
        const before = house.pids();
        await health.take();
        const complaints = await checkCase(house, run.answers, testCase);
        complaints.push(judgeProbes(await health.take(), LONGEST_HEALTH_MS));
        isWell = await house.recover();
        const dead = deaths(before, house.pids());
        if (dead.length > 0) complaints.push(`died: ${dead.join(', ')}`);
        if (!isWell) complaints.push('the stack does not come back');
        return complaints.filter((complaint) => complaint !== undefined).join('; ') || undefined;
      });
    }
    await health.take();
    for (const probe of health.probes) run.probes.push(probe);
    run.outcome = isWell ? 'done' : 'lost';
  } finally {
    await health.stop();
    await house.close();
  }
  return 0;
}

/** Sends one case beside a small task of somebody else. */
async function checkCase(house: House, answers: AnswerServer, testCase: HostileCase): Promise<Complaint[]> {
  const neighbour = await house.startNeighbour();
  return [await judge(house, answers, testCase), await judgeNeighbour(neighbour)];
}

async function judge(house: House, answers: AnswerServer, testCase: HostileCase): Promise<Complaint> {
  try {
    if (testCase.kind === 'body') return await checkBody(house.url, house.projectId, testCase);
    return await checkTask(house, testCase, answers.serve(expandRepeats(testCase.answer ?? '{}')));
  } catch (error) {
    const { message } = error as Error;
    return error instanceof RefusedError ? message : `the API does not answer: ${message}`;
  }
}

async function judgeNeighbour(task: CaseTask): Promise<Complaint> {
  const state = await task.untilResting(NEIGHBOUR_WITHIN_MS);
  return state === 'FINISHED' ? undefined : `the small task beside it is ${state}`;
}
