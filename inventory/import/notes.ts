import { requireNone } from '../../base/error';
import { stringifyJson } from '../../base/json';
import { short } from '../host-problems';
import type { Dropped } from './record';

const MAX_PROBLEMS = 100;
const MAX_DROPPED = 1_000;

/** What comes up while an inventory is read: what is wrong in it, and what is left out. */
export class Notes {
  readonly #problems: { at: string; message: string }[] = [];
  #moreProblems = 0;
  /** What is left out for the same reason at many places is one entry. */
  readonly #dropped = new Map<string, { first: Dropped; more: number }>();
  #moreDropped = 0;

  wrong(at: string, problem: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ at, message: `${at}: ${problem}` });
    else this.#moreProblems += 1;
  }

  drop(at: string, what: string, why: string): void {
    const dropped = { at, what: short(what), why };
    const key = stringifyJson([dropped.what, why]);
    const known = this.#dropped.get(key);
    if (known) known.more += 1;
    else if (this.#dropped.size < MAX_DROPPED) this.#dropped.set(key, { first: dropped, more: 0 });
    else this.#moreDropped += 1;
  }

  /** @throws GantryError `invalid` with all that is wrong, each with its place */
  requireRight(): void {
    const more = this.#moreProblems;
    requireNone(more > 0 ? [...this.#problems, { at: '', message: `and ${more} more problems` }] : this.#problems);
  }

  dropped(): Dropped[] {
    const list = [...this.#dropped.values()].map(({ first, more }) =>
      more === 0 ? first : { ...first, at: `${first.at} and ${more} more` },
    );
    const rest = this.#moreDropped;
    return rest === 0 ? list : [...list, { at: '', what: `${rest} more`, why: `only ${MAX_DROPPED} are listed` }];
  }
}
