import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Report } from '../report';
import { round } from '../report';
import { type Estimate, median, ratioOfMedians } from '../statistics';

/** The two checkouts that are compared. */
export const SIDES = ['this', 'other'] as const;
export type Side = (typeof SIDES)[number];

/**
 * The builds of both.
 *
 * @param other folder of the other checkout
 * @throws Error when it has not been built
 */
export function buildsOf(other: string): Record<Side, string> {
  const dist = join(resolve(other), 'dist');
  if (!existsSync(join(dist, 'pipeline', 'compile.js'))) {
    throw new Error(`${dist} is not a build: run "npm ci" and "npm run build" in that checkout first`);
  }
  return { this: join(__dirname, '..', '..'), other: dist };
}

/** What was measured of one thing, a value a round and side. */
export interface Compared {
  name: string;
  samples: Record<Side, number[]>;
}

/** Prints both medians and their ratio with its interval; the ratios, this to the other. */
export function reportRatios(report: Report, title: string, unit: string, compared: readonly Compared[]): Estimate[] {
  const ratios = compared.map(({ samples }) => ratioOfMedians(samples.this, samples.other));
  report.table(
    ['', `this, ${unit}`, 'other', 'ratio', '90 % interval'],
    compared.map(({ name, samples }, place) => {
      const { value, low, high } = ratios[place]!;
      return [
        name,
        round(median(samples.this)),
        round(median(samples.other)),
        value.toFixed(3),
        `${low.toFixed(3)} to ${high.toFixed(3)}`,
      ];
    }),
  );
  for (const { name, samples } of compared) report.keep(`${title}: ${name}, ${unit}`, samples);
  return ratios;
}
