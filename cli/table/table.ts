import { fitted, harmless, widthOf } from './width';

const GAP = '  ';
/** Narrower is no column. */
const MIN_WIDTH = 4;
/** Of what is no terminal. */
const ANY_WIDTH = Number.POSITIVE_INFINITY;

type Cell = string | number;

/**
 * Rows under their titles, in the width of a terminal: the widest columns give way first. Without rows the titles alone.
 *
 * @param columns of the terminal; absent: as wide as need be
 */
export function tableOf(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  columns: number = process.stdout.columns || ANY_WIDTH,
): string {
  const texts = [titles, ...rows.map((row) => row.map((cell) => harmless(String(cell))))];
  const wanted = titles.map((_title, at) => texts.reduce((most, row) => Math.max(most, widthOf(row[at]!)), 0));
  const widths = narrowed(wanted, columns - GAP.length * (titles.length - 1));
  const lines = texts.map((row) =>
    row
      .map((text, at) => fitted(text, widths[at]!))
      .join(GAP)
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function narrowed(wanted: readonly number[], room: number): number[] {
  const widths = wanted.map((width) => Math.min(width, Math.max(room, MIN_WIDTH)));
  for (let over = sum(widths) - room; over > 0; over -= 1) {
    const widest = Math.max(...widths);
    if (widest <= MIN_WIDTH) return widths;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
