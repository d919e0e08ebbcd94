import type { Report } from './report';
import type { Stack } from './stack';

/** What a bench works with. */
export interface Bench {
  report: Report;
  /** How much is measured: 1 is what the documented figures are from; less is a smoke test. */
  scale: number;
  /** Aborted when the command is to end early. */
  signal: AbortSignal;
  /** A whole installation of its own, booted at the first call and shared by the benches of one command. */
  stack(): Promise<Stack>;
}

/** Each bench is a file of its own that exports `run(bench: Bench)`. */
export const BENCHES = [
  'machine',
  'engine',
  'scale',
  'api',
  'status',
  'lists',
  'start',
  'hosts',
  'rollouts',
  'live',
  'fuzz',
  'parameters',
  'peer',
] as const;
export type BenchName = (typeof BENCHES)[number];

/** Those that can compare with another checkout: `against/` has a file for each, with `run(bench, folder)`. */
export const AGAINST = ['machine', 'api'] as const satisfies readonly BenchName[];

/** `count`, or as much of it as the scale asks for; never less than `least`. */
export function scaled({ scale }: Pick<Bench, 'scale'>, count: number, least = 1): number {
  return Math.max(least, Math.round(count * scale));
}
