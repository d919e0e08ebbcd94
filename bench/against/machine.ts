import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Bench, scaled } from '../bench';
import { pairedRounds } from '../rounds';
import { comparedShapes } from './machine-child';
import { buildsOf, reportRatios, SIDES, type Side } from './sides';

const ROUNDS = 15;
const SAMPLES = 6;
const AT_MOST = 1.05;

/** The machine of this checkout against that of another one: CPU a node on honest pipelines. */
export async function run(bench: Bench, other: string): Promise<void> {
  const { report } = bench;
  const builds = buildsOf(other);
  report.heading(`machine, against ${other}: CPU of the pure machine a node`);
  const compared = comparedShapes().map(({ name }) => ({
    name,
    samples: { this: [], other: [] } as Record<Side, number[]>,
  }));
  for (let round = 0; round < scaled(bench, ROUNDS, 3); round++) {
    // New processes each round: how the runtime has compiled and laid out the one is chance.
    const children = { this: start(builds.this), other: start(builds.other) };
    for (const [place, { samples }] of compared.entries()) {
      const taken = await pairedRounds(SIDES, SAMPLES, (side) => measure(children[side], place, bench.signal));
      // The least of a round: what else runs on the machine can only add to it.
      for (const side of SIDES) samples[side].push(Math.min(...taken[side]));
    }
    for (const side of SIDES) children[side].disconnect();
  }
  const ratios = reportRatios(report, 'machine against', 'us a node', compared);
  compared.forEach(({ name }, place) => {
    report.target(`machine: ${name}, to the other checkout`, ratios[place]!, { atMost: AT_MOST });
  });
}

function start(dist: string): ChildProcess {
  return fork(join(__dirname, 'machine-child.js'), [dist]);
}

async function measure(child: ChildProcess, place: number, signal: AbortSignal): Promise<number> {
  child.send(place);
  const over = new AbortController();
  const options = { signal: AbortSignal.any([signal, over.signal]) };
  try {
    const ended = once(child, 'exit', options).then(([code]) => {
      throw new Error(`a process that measures ended with ${code}, see above`);
    });
    ended.catch(() => {});
    const [us] = (await Promise.race([once(child, 'message', options), ended])) as [number];
    return us;
  } finally {
    over.abort();
  }
}
