import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Finding, Job, Told } from './thread';

/** Nothing within the budget gets near it, not even on a busy machine. */
const ENDS_WITHIN_MS = 20_000;
const POLL_MS = 250;
const HEAP_MB = 2_048;

export interface SweepOptions {
  seed: number;
  count: number;
  /** How many at a time, each in a thread of its own. */
  threads: number;
  /** The compiled thread, where this module itself is not compiled. */
  file?: string;
  signal?: AbortSignal;
  /** Told now and then what has been found until then. */
  onProgress?(swept: Readonly<Swept>): void;
}

export interface Swept {
  /** Slow ones, and those that ended as nothing of the language does. */
  findings: Finding[];
  finished: number;
  failed: number;
}

/** Numbers of inputs; `to` is not among them. */
interface Range {
  from: number;
  to: number;
}

/**
 * Runs the inputs of a seed in threads. One that does not end, or takes all memory, is a finding like any other: another
 * thread goes on without it.
 */
export async function sweep(options: SweepOptions): Promise<Swept> {
  const { count, threads } = options;
  const swept: Swept = { findings: [], finished: 0, failed: 0 };
  const start = (lane: number) => Math.floor((count * lane) / threads);
  await Promise.all(
    Array.from({ length: threads }, (_, lane) =>
      sweepRange(options, { from: start(lane), to: start(lane + 1) }, swept),
    ),
  );
  return swept;
}

/** Measures one input again, alone; undefined when there is nothing to say of it any more. */
export async function lookAgain(options: SweepOptions, { index }: Finding): Promise<Finding | undefined> {
  const swept: Swept = { findings: [], finished: 0, failed: 0 };
  await sweepRange({ ...options, onProgress: undefined }, { from: index, to: index + 1 }, swept);
  return swept.findings[0];
}

async function sweepRange(options: SweepOptions, { from, to }: Range, swept: Swept): Promise<void> {
  const skipped: number[] = [];
  for (let next = from; next < to; ) next = await runThread(options, { from: next, to }, skipped, swept);
}

/** Works until all are done or one does not end, which is skipped then; the number to go on with. */
async function runThread(options: SweepOptions, { from, to }: Range, skipped: number[], swept: Swept): Promise<number> {
  const { seed, file = join(__dirname, 'thread.js'), signal, onProgress } = options;
  const place = new SharedArrayBuffer(4);
  const at = new Int32Array(place);
  at[0] = from;
  const worker = new Worker(file, {
    workerData: { seed, from, to, skipped, place } satisfies Job,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let done = from;
  let end: string | undefined;
  worker.on('message', (told: Told) => {
    done = told.done;
    swept.finished += told.finished;
    swept.failed += told.failed;
    for (const finding of told.findings) swept.findings.push(finding);
    onProgress?.(swept);
  });
  worker.on('error', (error) => {
    end = (error as Error).message;
  });
  worker.on('exit', () => {
    end ??= 'the thread ended';
  });
  let seen = at[0];
  let since = performance.now();
  try {
    while (end === undefined) {
      await delay(POLL_MS, undefined, { signal });
      if (seen !== at[0]) {
        seen = at[0];
        since = performance.now();
      } else if (performance.now() - since > ENDS_WITHIN_MS) {
        end = `does not end in ${ENDS_WITHIN_MS / 1000} s`;
      }
    }
  } finally {
    await worker.terminate();
  }
  if (done >= to) return done;
  const index = at[0]!;
  swept.findings.push({ index, ms: performance.now() - since, outcome: 'foreign', error: end });
  skipped.push(index);
  // What it has not said of those before is looked at again.
  return done;
}
