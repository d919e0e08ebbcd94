import type { Estimate } from './statistics';

/** A figure that is to be reached. */
export interface Target {
  name: string;
  value: number;
  /** What is asked, e.g. `>= 0.97`. */
  target: string;
  holds: boolean;
  /** 90 % bootstrap interval, where the value is an estimate: the target holds when the interval reaches it. */
  interval?: [low: number, high: number];
}

export type Bound = { atLeast: number } | { atMost: number };

/** What was measured: printed as it comes, and kept for `--json`. */
export class Report {
  readonly targets: Target[] = [];
  /** Every raw sample by bench and name, in the unit that the name says. */
  readonly samples: Record<string, unknown> = {};

  constructor(private readonly write: (text: string) => unknown = (text) => process.stdout.write(text)) {}

  heading(text: string): void {
    this.write(`\n${text}\n`);
  }

  line(text: string): void {
    this.write(`  ${text}\n`);
  }

  /** Columns as wide as their widest cell; the first is text, the others are numbers. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
    for (const row of [head, ...rows]) {
      const cells = row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      );
      this.line(cells.join('  ').trimEnd());
    }
  }

  /** Keeps raw samples under `name`; a name is used once. */
  keep(name: string, samples: unknown): void {
    if (name in this.samples) throw new Error(`${name} is reported twice`);
    this.samples[name] = samples;
  }

  /** Compares a value with what is asked; an estimate reaches it with any part of its interval. */
  target(name: string, measured: number | Estimate, bound: Bound): void {
    const estimate = typeof measured === 'number' ? { value: measured, low: measured, high: measured } : measured;
    const holds = 'atLeast' in bound ? estimate.high >= bound.atLeast : estimate.low <= bound.atMost;
    const target: Target = {
      name,
      value: estimate.value,
      target: 'atLeast' in bound ? `>= ${bound.atLeast}` : `<= ${bound.atMost}`,
      holds,
      ...(typeof measured === 'number' ? {} : { interval: [estimate.low, estimate.high] }),
    };
    this.targets.push(target);
  }

  /** The list of targets; those that fall short last, where they are seen. */
  conclude(): void {
    if (this.targets.length === 0) return;
    this.heading('targets');
    const sorted = [...this.targets].sort((a, b) => Number(b.holds) - Number(a.holds));
    this.table(['target', 'asked', 'measured', ''], sorted.map(rowOf));
    const short = this.targets.filter(({ holds }) => !holds).length;
    this.line(short === 0 ? 'all targets hold' : `${short} of ${this.targets.length} targets fall short`);
  }
}

function rowOf({ name, value, target, holds, interval }: Target): string[] {
  const measured = interval ? `${round(value)} (${round(interval[0])} to ${round(interval[1])})` : round(value);
  return [name, target, measured, holds ? 'holds' : 'FALLS SHORT'];
}

/** Three digits that say something. */
export function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
