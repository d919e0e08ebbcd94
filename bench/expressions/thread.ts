import { parentPort, workerData } from 'node:worker_threads';
import { randomInput } from './inputs';
import { type Measured, measure } from './measure';
import { evaluateOpenly, prepare } from './run';

/** What a thread is told. */
export interface Job {
  seed: number;
  /** Numbers of the inputs; the second is not among them. */
  from: number;
  to: number;
  /** Those that are known not to end. */
  skipped: readonly number[];
  /** One 32-bit number: the input that is being looked at. */
  place: SharedArrayBuffer;
}

/** What it says of one input. */
export interface Finding extends Measured {
  index: number;
}

/** What it says now and then: of the inputs since the last time, and how far it is. */
export interface Told {
  findings: Finding[];
  finished: number;
  failed: number;
  done: number;
}

/** What costs less is said in sums only. */
const NOTABLE_MS = 25;
const TELL_EVERY_MS = 200;
/** Evaluating openly costs as much again: of those that cost more only one in so many is. */
const CHEAP_MS = 50;
const DEAR_LOOKED_AT = 5;

/** Measures inputs one after the other; in a thread, so that one that does not end can be ended. */
function work({ seed, from, to, skipped, place }: Job): void {
  const at = new Int32Array(place);
  const nothing = (done: number): Told => ({ findings: [], finished: 0, failed: 0, done });
  let told = nothing(from);
  let toldAt = performance.now();
  for (let index = from; index < to; index++) {
    if (performance.now() - toldAt > TELL_EVERY_MS) {
      parentPort!.postMessage(told);
      told = nothing(index);
      toldAt = performance.now();
    }
    Atomics.store(at, 0, index);
    told.done = index + 1;
    if (skipped.includes(index)) continue;
    const finding = look(seed, index);
    if (finding.outcome !== 'foreign') told[finding.outcome] += 1;
    if (finding.ms >= NOTABLE_MS || finding.outcome === 'foreign') told.findings.push(finding);
  }
  parentPort!.postMessage(told);
}

function look(seed: number, index: number): Finding {
  const input = randomInput(seed, index);
  try {
    const measured = measure(prepare(input));
    const isCheap = measured.ms < CHEAP_MS || index % DEAR_LOOKED_AT === 0;
    if (measured.outcome !== 'foreign' && isCheap) evaluateOpenly(input);
    return { index, ...measured };
  } catch (error) {
    return { index, ms: 0, outcome: 'foreign', error: (error as Error).stack ?? String(error) };
  }
}

work(workerData as Job);
