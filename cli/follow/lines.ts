import { harmless } from '../table/width';

/** A longer line is printed in parts. */
const MAX_LINE = 1024 * 1024;

/** Makes lines of a text that comes in pieces. */
export class Lines {
  #rest = '';

  /** The lines that are whole by now, without their ends. */
  take(piece: string): string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop()!;
    if (this.#rest.length > MAX_LINE) {
      lines.push(this.#rest);
      this.#rest = '';
    }
    return lines;
  }

  /** What comes after the last line end, once nothing more will come. */
  end(): string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }
}

/** A line of somebody's output, as a terminal shows it and does nothing by it; tabs stay. */
export function shownLine(line: string): string {
  return line.replace(/\r$/, '').split('\t').map(harmless).join('\t');
}
