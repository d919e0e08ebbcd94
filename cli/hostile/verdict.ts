import { stringifyJson } from '../../base/json';
import type { Complaint } from '../tally';
import type { HostileCase } from './load';
import { INPUT, SUCCESS_INPUT } from './trees';

/** How much of a text has to be quoted to count as its name. */
const QUOTED = 12;

/** Whether a failed node's message names the limit, and the place: an input, a variable, a condition, the text itself. */
export function judgeMessage(message: string, testCase: HostileCase): Complaint {
  const shown = stringifyJson(message.slice(0, 300));
  if (!/limit/i.test(message)) return `the node's message names no limit: ${shown}`;
  const lower = message.toLowerCase();
  return placesOf(testCase).some((place) => lower.includes(place.toLowerCase()))
    ? undefined
    : `the node's message names no place: ${shown}`;
}

/** What a message may call the place by. */
function placesOf({ kind, text, constants = {} }: HostileCase): string[] {
  const quoted = [text.slice(0, QUOTED), ...(text.match(/\$\{.{1,10}/gs) ?? [])];
  const variables = Object.keys(constants);
  switch (kind) {
    case 'condition':
      return ['condition', 'evaluate', ...variables, ...quoted];
    case 'success_exp':
      return [SUCCESS_INPUT, 'condition', ...variables, ...quoted];
    default:
      return [INPUT, ...variables, ...quoted];
  }
}

/** Names of processes that were there before and are not now, or are others. */
export function deaths(before: Pids, now: Pids): string[] {
  return Object.keys(before).filter((name) => now[name]?.pid !== before[name]!.pid);
}

export type Pids = Readonly<Record<string, { pid: number }>>;

/** One request of the second client. */
export interface Probe {
  /** Until its answer; until now, when there is none yet. */
  ms: number;
  /** Why there was no answer. */
  problem?: string;
}

/** Whether the second client was served all the time. */
export function judgeProbes(probes: readonly Probe[], longestMs: number): Complaint {
  if (probes.length === 0) return '/healthz was never asked';
  const problems = probes.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) return `/healthz was not answered ${problems.length} times (${problems[0]})`;
  const worst = probes.reduce((most, { ms }) => Math.max(most, ms), 0);
  return worst < longestMs ? undefined : `/healthz took ${worst.toFixed(0)} ms`;
}

/** A line about the second client's whole time. */
export function describeProbes(probes: readonly Probe[], aimMs: number): string {
  const answered = probes.filter(({ problem }) => problem === undefined).map(({ ms }) => ms);
  if (answered.length === 0) return 'healthz was never answered';
  answered.sort((a, b) => a - b);
  const p99 = answered[Math.round(0.99 * (answered.length - 1))]!;
  const missing = probes.length - answered.length;
  return (
    `healthz: p99 ${p99.toFixed(0)} ms (aim: ${aimMs} ms), worst ${answered.at(-1)!.toFixed(0)} ms, ` +
    `${answered.length} answers${missing === 0 ? '' : `, ${missing} without an answer`}`
  );
}
