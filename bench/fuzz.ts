import { availableParallelism } from 'node:os';
import { type Bench, scaled } from './bench';
import { randomInput } from './expressions/inputs';
import { BUDGET_MS } from './expressions/measure';
import { lookAgain, type Swept, sweep } from './expressions/sweep';
import type { Finding } from './expressions/thread';
import { round } from './report';

const INPUTS = 200_000;
const SEED = 1;
const SLOWEST = 20;
const SAY_EVERY_MS = 60_000;
const SHOWN_CHARACTERS = 600;

/** Random inputs, weighted by what is expensive: the CPU of the machine's step that meets each. */
export async function run(bench: Bench): Promise<void> {
  const { report, signal } = bench;
  const count = scaled(bench, INPUTS, 100);
  report.heading(`fuzz: CPU of a step, ${count} random inputs of seed ${SEED}`);
  let saidAt = Date.now();
  const onProgress = ({ findings, finished, failed }: Swept) => {
    if (Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    // It takes most of an hour: who stops it before its end knows this much.
    const over = findings.filter(isOver).length;
    const foreign = findings.filter(isForeign).length;
    report.line(`${finished + failed} of ${count}: ${over} over ${BUDGET_MS} ms at first, ${foreign} foreign`);
  };
  const options = { seed: SEED, count, threads: availableParallelism(), signal, onProgress };
  const { findings, finished, failed } = await sweep(options);
  report.line(`${finished} finished, ${failed} failed`);
  const confirmed: Finding[] = [];
  for (const finding of findings) {
    // The others were in the way, perhaps: what is over counts when it is over alone.
    const last = isOver(finding) ? await lookAgain(options, finding) : finding;
    if (last) confirmed.push(last);
  }
  conclude(bench, count, confirmed);
}

function isOver({ ms }: Finding): boolean {
  return ms > BUDGET_MS;
}

function isForeign({ outcome }: Finding): boolean {
  return outcome === 'foreign';
}

function conclude({ report }: Bench, count: number, findings: Finding[]): void {
  const bySlowness = [...findings].sort((a, b) => b.ms - a.ms);
  const over = findings.filter(isOver);
  const foreign = findings.filter(isForeign);
  report.keep('fuzz: findings, ms of CPU', findings);
  report.line(`slowest ${SLOWEST}, and all over ${BUDGET_MS} ms:`);
  const shown = Math.max(SLOWEST, over.length);
  for (const finding of bySlowness.slice(0, shown)) report.line(`${round(finding.ms)} ms ${describe(finding)}`);
  if (foreign.length > 0) report.line("what is not the language's own:");
  for (const finding of foreign) report.line(`${finding.error} ${describe(finding)}`);
  report.target(`fuzz: inputs of ${count} over ${BUDGET_MS} ms`, over.length, { atMost: 0 });
  report.target("fuzz: errors that are not the language's own", foreign.length, { atMost: 0 });
}

/** The number makes the input again (`randomInput`). */
function describe({ index, outcome }: Finding): string {
  const { kind, ...input } = randomInput(SEED, index);
  const source = JSON.stringify('text' in input ? input.text : input);
  const rest = source.length - SHOWN_CHARACTERS;
  return `${outcome} #${index} ${kind} ${source.slice(0, SHOWN_CHARACTERS)}${rest > 0 ? ` and ${rest} more` : ''}`;
}
