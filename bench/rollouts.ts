import { connectArms } from './arms';
import { type Bench, scaled } from './bench';
import { PersistentApi } from './faults/api';
import { OrionApi } from './orion';
import { type Report, round } from './report';
import { makePool, makeSteps, makeTemplate } from './rollouts/inventory';
import { type RolloutSample, runRollout } from './rollouts/run';

const PROJECT_ID = 1;
const HOSTS = 1_000;
const STEPS = 5;
const BATCHES = 10;
/** Of one rollout: those of one host a batch take longest. */
const WITHIN_MS = 5 * 60_000;
const MOST_EVENTS = 1_000;
const MOST_RSS_MB = 512;
const MOST_ANSWER_KB = 20;
/** Ids and the limit of rounds have some more digits. */
const SAME_TREE = 1.01;

/** A rollout that is measured, and how many batches and steps it has. */
interface Measured {
  name: string;
  batches: number;
  steps: number;
  sample: RolloutSample;
}

/** Rollouts over hosts that answer within the worker's process, in ten batches and in as many as there are hosts. */
export async function run(bench: Bench): Promise<void> {
  const { report } = bench;
  const stack = await bench.stack();
  const setup = await connectArms(stack);
  try {
    const { db } = setup.services;
    const api = new PersistentApi(stack.urls, stack.credentials);
    const orion = new OrionApi(stack.urls[0]!, stack.credentials, PROJECT_ID);
    const nodes = await makePool({ db, api, orion }, scaled(bench, HOSTS, 2 * BATCHES));
    const steps = await makeSteps(orion, STEPS);
    const templates = { [STEPS]: await makeTemplate(orion, steps), 1: await makeTemplate(orion, steps.slice(0, 1)) };
    async function measure(steps: 1 | typeof STEPS, batches: number): Promise<Measured> {
      const batchSize = Math.ceil(nodes.length / batches);
      const order = { templateId: templates[steps]!, nodes, batchSize, withinMs: WITHIN_MS };
      const name = `${nodes.length} hosts x ${steps} in ${batches} batches`;
      const measured = { name, batches, steps, sample: await runRollout({ setup, stack, orion }, order) };
      report.line(`${name}: ${round(measured.sample.wallMs / 1000)} s`);
      return measured;
    }
    report.heading('rollouts: over hosts that answer at once, within the worker');
    const few = await measure(1, BATCHES); // It warms the worker too.
    const whole = await measure(STEPS, BATCHES);
    const many = await measure(1, nodes.length);
    print(report, nodes.length, [few, whole, many]);
    for (const measured of [few, whole, many]) judge(report, nodes.length, measured);
    report.target(`rollouts: ${whole.name}, events of all runs`, eventsOf(whole.sample), { atMost: MOST_EVENTS });
    report.target(
      `rollouts: tree of ${many.batches} batches to that of ${few.batches}`,
      many.sample.treeBytes / few.sample.treeBytes,
      { atMost: SAME_TREE },
    );
  } finally {
    await setup.close();
  }
}

function print(report: Report, hosts: number, all: readonly Measured[]): void {
  report.table(
    [
      'batches x steps',
      's',
      'ms of CPU of the worker a script',
      'statements',
      'RSS of the worker before, MB',
      'highest',
      'events',
      'runs',
      'bytes of the tree',
    ],
    all.map(({ batches, steps, sample }) => [
      `${batches} x ${steps}`,
      round(sample.wallMs / 1000),
      round(sample.cpuMs / (hosts * steps)),
      round(sample.statements / (hosts * steps)),
      round(sample.rssBeforeMb),
      round(sample.rssMb),
      String(eventsOf(sample)),
      String(sample.counts.length),
      String(sample.treeBytes),
    ]),
  );
  const names = Object.keys(all[0]!.sample.answers);
  report.table(
    ['bytes of the longest answer', ...names],
    all.map(({ batches, steps, sample }) => [
      `${batches} x ${steps}`,
      ...names.map((name) => String(sample.answers[name])),
    ]),
  );
  report.keep('rollouts: simulated', all);
}

function judge(report: Report, hosts: number, { name, batches, steps, sample }: Measured): void {
  const { ranOnce, batchesDone, rssMb, answers } = sample;
  const longest = Math.max(...Object.values(answers)) / 1024;
  report.target(`rollouts: ${name}, scripts that were not run once`, hosts * steps - ranOnce, { atMost: 0 });
  report.target(`rollouts: ${name}, batches that are not done`, batches - batchesDone, { atMost: 0 });
  report.target(`rollouts: ${name}, highest RSS of the worker, MB`, rssMb, { atMost: MOST_RSS_MB });
  report.target(`rollouts: ${name}, longest answer of how it stands, KB`, longest, { atMost: MOST_ANSWER_KB });
}

function eventsOf({ counts }: RolloutSample): number {
  return counts.reduce((sum, { events }) => sum + events, 0);
}
