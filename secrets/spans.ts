/** A piece of a text, from `start` up to, without, `end`. */
export interface Span {
  start: number;
  end: number;
}

/** What is to be replaced in a text: pieces that have a replacement of their own, and all that is covered besides. */
export class Spans {
  /** Apart from each other, in order. */
  readonly #whole: (Span & { text: string })[] = [];
  /** Each found in an order of its own: those of one search end later and later. */
  #covered: Span[] = [];
  #isSorted = true;

  /** Pieces have to come in the order of their ends; a longer one takes the place of those in it. */
  replace(start: number, end: number, text: string): void {
    this.cover(start, end);
    const last = () => this.#whole.at(-1);
    for (let before = last(); before && before.start >= start && before.end <= end; before = last()) this.#whole.pop();
    const before = last();
    // What overlaps is covered, but has no replacement of its own.
    if (!before || before.end <= start) this.#whole.push({ start, end, text });
  }

  cover(start: number, end: number): void {
    let from = start;
    let to = end;
    for (let last = this.#covered.at(-1); last && last.end >= from; last = this.#covered.at(-1)) {
      if (last.start > to) break;
      from = Math.min(from, last.start);
      to = Math.max(to, last.end);
      this.#covered.pop();
    }
    if ((this.#covered.at(-1)?.start ?? 0) > from) this.#isSorted = false;
    this.#covered.push({ start: from, end: to });
  }

  /** The text with its pieces replaced, and what else is covered as `mask`. */
  apply(text: string, mask: string): string {
    if (this.#covered.length === 0) return text;
    const parts: string[] = [];
    let at = 0;
    let next = 0;
    for (const { start, end } of this.#merged()) {
      parts.push(text.slice(at, start));
      at = start;
      let piece = this.#whole[next];
      for (; piece && piece.end <= end; piece = this.#whole[++next]) {
        if (piece.start > at) parts.push(mask);
        parts.push(piece.text);
        at = piece.end;
      }
      if (at < end) parts.push(mask);
      at = end;
    }
    parts.push(text.slice(at));
    return parts.join('');
  }

  /** Where the piece ends that stands across a place; the place itself where none does. */
  endAcross(at: number): number {
    return this.#merged().find(({ start, end }) => start < at && at < end)?.end ?? at;
  }

  #merged(): Span[] {
    if (this.#isSorted) return this.#covered;
    const sorted = this.#covered.sort((a, b) => a.start - b.start);
    const merged: Span[] = [];
    for (const span of sorted) {
      const last = merged.at(-1);
      // What only touches stays apart: each is shown as a secret of its own.
      if (last && last.end > span.start) last.end = Math.max(last.end, span.end);
      else merged.push({ ...span });
    }
    return merged;
  }
}
