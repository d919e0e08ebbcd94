import { seededRandom } from './random';

/** The value in the middle; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('there is no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value below which `share` (0 to 1) of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('there is no percentile of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))]!;
}

/** How far the values lie apart, as a share of their median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** A value with the 90 % interval that it may as well have been. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

const RESAMPLES = 2_000;
/** The same samples give the same interval. */
const SEED = 0x9e3779b9;

/**
 * The ratio of two medians, `numerators` to `denominators`, with its 90 % bootstrap interval.
 *
 * The two are pairs, measured side by side in one round: rounds are drawn again, not single values, so that what the
 * machine did to both halves of a round stays out of the interval.
 *
 * @throws Error when the numbers of values differ
 */
export function ratioOfMedians(numerators: readonly number[], denominators: readonly number[]): Estimate {
  if (numerators.length !== denominators.length) throw new Error('ratios are made of pairs');
  const random = seededRandom(SEED);
  const ratios = Array.from({ length: RESAMPLES }, () => {
    const rounds = numerators.map(() => Math.floor(random() * numerators.length));
    return median(rounds.map((round) => numerators[round]!)) / median(rounds.map((round) => denominators[round]!));
  });
  return {
    value: median(numerators) / median(denominators),
    low: percentile(ratios, 0.05),
    high: percentile(ratios, 0.95),
  };
}
