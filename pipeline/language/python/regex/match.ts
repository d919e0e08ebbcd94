import type { Meter } from '../limits';
import { holds } from './assertions';
import type { Anchor } from './pattern';
import type { PatternProgram } from './program';

/** Units of work for a place of the text, for a way that is tried there, and for an instruction on it. */
const PLACE = 8;
const WAY = 8;
const FOLLOWED = 5;
/** For a character of the text that no match can begin with, by what it could begin with. */
const SKIPPED = 4;
/** More for a character beyond the first 65,536: what it is has to be looked up each time. */
const RARE = 40;
const MAX_BMP = 0xffff;

/** Where groups begin and end in the text, by `2 * group` and one more, in UTF-16 units; -1: it took no part. */
type Slots = Int32Array;

/** Ways through the program that are at the same place of the text, the first one first. */
interface Ways {
  count: number;
  readonly at: Int32Array;
  readonly slots: Slots[];
}

/** A search in one text. */
interface Search {
  text: string;
  from: number;
  anchor: Anchor;
  /** An empty match at `from` does not count. */
  mustAdvance: boolean;
}

/**
 * Follows all ways through a program at the same time, so that what it takes grows with the text and the program alone;
 * the way that counts is the one that a search which goes back would have found first.
 */
export class ProgramMatcher {
  #now: Ways;
  #then: Ways;
  /** When an instruction was met last, for each outermost loop whose round is still empty. */
  readonly #met: Int32Array;
  #moment = 0;
  readonly #open: { at: number; empty: number; slots: Slots }[] = [];
  /** Stands for no loop. */
  readonly #none: number;

  constructor(
    private readonly program: PatternProgram,
    private readonly meter: Meter,
  ) {
    const { instructions, levels } = program;
    this.#none = levels;
    meter.charge(instructions.length * (levels + 1));
    const ways = (): Ways => ({ count: 0, at: new Int32Array(instructions.length), slots: [] });
    [this.#now, this.#then] = [ways(), ways()];
    this.#met = new Int32Array(instructions.length * (levels + 1));
  }

  /** The first match; its last slot is the group that was closed last. */
  find(search: Search): Slots | undefined {
    const { text, from, anchor } = search;
    const { begin } = this.program;
    let found: Slots | undefined;
    this.#now.count = 0;
    this.#moment++;
    for (let place = from; ; ) {
      const mayBegin = !found && (anchor === 'anywhere' || place === from);
      if (this.#now.count === 0) {
        if (!mayBegin) return found;
        if (begin && anchor === 'anywhere') place = this.#skip(text, place);
      }
      const code = text.codePointAt(place) ?? -1;
      this.meter.charge(code > MAX_BMP ? PLACE + RARE : PLACE);
      if (mayBegin && (!begin || (code >= 0 && begin.some((test) => test.matches(code))))) {
        this.#follow(this.#now, this.program.start, this.#begun(place), text, place);
      }
      found = this.#step(search, place, code) ?? found;
      if (code < 0) return found;
      place += widthOf(code);
    }
  }

  /** The first place that a match can begin at. */
  #skip(text: string, from: number): number {
    const { begin = [] } = this.program;
    let place = from;
    while (place < text.length) {
      const code = text.codePointAt(place)!;
      this.meter.charge(code > MAX_BMP ? SKIPPED * begin.length + RARE : SKIPPED * begin.length);
      if (begin.some((test) => test.matches(code))) break;
      place += widthOf(code);
    }
    return place;
  }

  #begun(place: number): Slots {
    const slots = new Int32Array(2 * (this.program.groupCount + 1) + 1).fill(-1);
    slots[0] = place;
    return slots;
  }

  /** All ways go on by one character; the match that is found at this place. */
  #step({ text, from, anchor, mustAdvance }: Search, place: number, code: number): Slots | undefined {
    const { instructions } = this.program;
    const [now, then] = [this.#now, this.#then];
    then.count = 0;
    this.#moment++;
    let found: Slots | undefined;
    for (let way = 0; way < now.count; way++) {
      this.meter.charge(WAY);
      const one = instructions[now.at[way]!]!;
      const slots = now.slots[way]!;
      if (one.op === 'match') {
        if ((anchor === 'both' && place < text.length) || (mustAdvance && place === from)) continue;
        found = slots.slice();
        found[1] = place;
        // What comes after counts for less.
        break;
      }
      if (one.op === 'character' && code >= 0 && one.test.matches(code)) {
        this.#follow(then, one.next, slots, text, place + widthOf(code));
      }
    }
    [this.#now, this.#then] = [then, now];
    return found;
  }

  /** Follows a way up to the next characters that it wants. */
  #follow(ways: Ways, start: number, slots: Slots, text: string, place: number): void {
    this.#open.push({ at: start, empty: this.#none, slots });
    for (let way = this.#open.pop(); way; way = this.#open.pop()) {
      for (let at: number | undefined = way.at; at !== undefined; ) at = this.#next(ways, at, way, text, place);
    }
  }

  /** What an instruction does to a way; where it goes on at the same place of the text. */
  #next(ways: Ways, at: number, way: { empty: number; slots: Slots }, text: string, place: number): number | undefined {
    this.meter.charge(FOLLOWED);
    const one = this.program.instructions[at]!;
    const isWaiting = one.op === 'character' || one.op === 'match';
    const key = at * (this.#none + 1) + (isWaiting ? this.#none : way.empty);
    // Whoever came here before counts for more.
    if (this.#met[key] === this.#moment) return undefined;
    this.#met[key] = this.#moment;
    switch (one.op) {
      case 'character':
      case 'match':
        ways.at[ways.count] = at;
        ways.slots[ways.count++] = way.slots;
        return undefined;
      case 'split':
        this.#open.push({ at: one.other, empty: way.empty, slots: way.slots });
        return one.next;
      case 'save':
        way.slots = this.#saved(way.slots, one.slot, place);
        return one.next;
      case 'assertion':
        return holds(one.assertion, text, place) ? one.next : undefined;
      case 'round':
        way.empty = Math.min(way.empty, one.level);
        return one.next;
      case 'again':
        return way.empty <= one.level ? one.other : one.next;
      case 'leave':
        if (way.empty >= one.level) way.empty = this.#none;
        return one.next;
      default:
        return one satisfies never;
    }
  }

  #saved(slots: Slots, slot: number, place: number): Slots {
    this.meter.charge(slots.length);
    const changed = slots.slice();
    changed[slot] = place;
    if (slot % 2 === 1) changed[changed.length - 1] = slot >> 1;
    return changed;
  }
}

function widthOf(code: number): number {
  return code > MAX_BMP ? 2 : 1;
}
