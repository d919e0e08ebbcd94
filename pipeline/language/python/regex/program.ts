import { limitError } from '../errors';
import type { Assertion, PatternNode } from './nodes';
import type { CharacterTest } from './sets';

/** What a matcher does at one place of the program; `next` is where it goes on. */
export type Instruction =
  | { op: 'character'; test: CharacterTest; next: number }
  /** Two ways, the first one first. */
  | { op: 'split'; next: number; other: number }
  | { op: 'save'; slot: number; next: number }
  | { op: 'assertion'; assertion: Assertion; next: number }
  /** A round begins of a loop whose body may be empty; `level` counts such loops around it. */
  | { op: 'round'; level: number; next: number }
  /** A round has ended: only one that was not empty is followed by another (`next`). */
  | { op: 'again'; level: number; next: number; other: number }
  /** Such a loop is left. */
  | { op: 'leave'; level: number; next: number }
  | { op: 'match' };

/** A compiled pattern. */
export interface PatternProgram {
  instructions: readonly Instruction[];
  start: number;
  /** Levels of loops whose body may be empty. */
  levels: number;
  groupCount: number;
  /** What a match can begin with; undefined when it may begin with anything, or be empty. */
  begin: readonly CharacterTest[] | undefined;
}

const MAX_INSTRUCTIONS = 10_000;
/** More of them take longer to try than to go on without. */
const MAX_BEGINNINGS = 8;

/**
 * Compiles a pattern: `{n,m}` becomes copies.
 *
 * @param pay pays for one instruction
 * @throws ExpressionError `limit`
 */
export function compileProgram(root: PatternNode, groupCount: number, pay: () => void): PatternProgram {
  const compiler = new Compiler(pay);
  const match = compiler.add({ op: 'match' });
  const start = compiler.node(root, match, 0);
  const { instructions, levels } = compiler;
  return { instructions, start, levels, groupCount, begin: beginnings(instructions, start) };
}

/** Writes a program from its end to its start: each part is told where it goes on. */
class Compiler {
  readonly instructions: Instruction[] = [];
  levels = 0;

  constructor(private readonly pay: () => void) {}

  add(instruction: Instruction): number {
    if (this.instructions.length >= MAX_INSTRUCTIONS) throw tooLarge();
    this.pay();
    return this.instructions.push(instruction) - 1;
  }

  /** Adds a part in front of `next`; where it begins. */
  node(node: PatternNode, next: number, level: number): number {
    switch (node.kind) {
      case 'character':
        return this.add({ op: 'character', test: node.test(), next });
      case 'assertion':
        return this.add({ op: 'assertion', assertion: node.assertion, next });
      case 'sequence':
        return node.items.reduceRight((after, item) => this.node(item, after, level), next);
      case 'choice': {
        const [last, ...others] = node.options.map((option) => this.node(option, next, level)).reverse();
        return others.reduce((other, first) => this.add({ op: 'split', next: first, other }), last!);
      }
      case 'group': {
        const end = this.add({ op: 'save', slot: 2 * node.index + 1, next });
        return this.add({ op: 'save', slot: 2 * node.index, next: this.node(node.body, end, level) });
      }
      case 'repeat':
        return this.#repeat(node, next, level);
      case 'refused':
        throw new Error('a pattern that is refused cannot be compiled');
      default:
        return node satisfies never;
    }
  }

  #repeat(node: Extract<PatternNode, { kind: 'repeat' }>, next: number, level: number): number {
    const { body, least, most } = node;
    const copies = most === Number.POSITIVE_INFINITY ? least : most;
    if (copies > MAX_INSTRUCTIONS) throw tooLarge();
    let start = this.#optional(node, next, level);
    for (let copy = 0; copy < least; copy++) start = this.node(body, start, level);
    return start;
  }

  /** What may come after the rounds that have to. */
  #optional(
    { body, least, most, isLazy }: Extract<PatternNode, { kind: 'repeat' }>,
    next: number,
    level: number,
  ): number {
    if (most === least) return next;
    const mayBeEmpty = body.min === 0;
    const inner = mayBeEmpty ? level + 1 : level;
    if (mayBeEmpty) this.levels = Math.max(this.levels, inner);
    const out = mayBeEmpty ? this.add({ op: 'leave', level, next }) : next;
    /** A round whose end is known, and the choice to do without it. */
    const round = (after: number): Instruction => {
      const end = mayBeEmpty ? this.add({ op: 'again', level, next: after, other: out }) : after;
      const first = this.node(body, end, inner);
      const begin = mayBeEmpty ? this.add({ op: 'round', level, next: first }) : first;
      return isLazy ? { op: 'split', next: out, other: begin } : { op: 'split', next: begin, other: out };
    };
    if (most === Number.POSITIVE_INFINITY) {
      const head = this.add({ op: 'split', next: out, other: out });
      this.instructions[head] = round(head);
      return head;
    }
    let start = out;
    for (let copy = least; copy < most; copy++) start = this.add(round(start));
    return start;
  }
}

function tooLarge(): Error {
  return limitError(
    `a regular expression of more parts than the limit of ${MAX_INSTRUCTIONS}, with all its repetitions`,
  );
}

function beginnings(instructions: readonly Instruction[], start: number): CharacterTest[] | undefined {
  const tests: CharacterTest[] = [];
  const seen = new Set([start]);
  for (const at of seen) {
    const one = instructions[at]!;
    if (one.op === 'match') return undefined;
    if (one.op === 'character') tests.push(one.test);
    else {
      seen.add(one.next);
      if ('other' in one) seen.add(one.other);
    }
    if (tests.length > MAX_BEGINNINGS) return undefined;
  }
  return tests;
}
