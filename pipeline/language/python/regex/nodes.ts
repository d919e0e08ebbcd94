import type { CharacterTest } from './sets';

/** What a pattern may ask of a place between characters. */
export type Assertion =
  | 'text-start'
  | 'line-start'
  /** At the end, or before a line end there. */
  | 'last-line-end'
  | 'line-end'
  | 'text-end'
  | { kind: 'word-edge'; isNegated: boolean; isAscii: boolean };

/** A part of a pattern; `min` and `max` are how many characters it can stand for. */
export type PatternNode = {
  min: number;
  max: number;
} /** The test is made when it is asked for: that is work, which a pattern that is only read does not need. */ & (
  | { kind: 'character'; test: () => CharacterTest }
  | { kind: 'assertion'; assertion: Assertion }
  | { kind: 'sequence'; items: PatternNode[] }
  | { kind: 'choice'; options: PatternNode[] }
  | { kind: 'repeat'; body: PatternNode; least: number; most: number; isLazy: boolean }
  | { kind: 'group'; body: PatternNode; index: number }
  /** What cannot be matched in linear time: a pattern with it is only read to its end. */
  | { kind: 'refused' }
);

export function character(make: () => CharacterTest): PatternNode {
  let made: CharacterTest | undefined;
  const test = () => {
    made ??= make();
    return made;
  };
  return { kind: 'character', test, min: 1, max: 1 };
}

export function assertion(assertion: Assertion): PatternNode {
  return { kind: 'assertion', assertion, min: 0, max: 0 };
}

export function refused(min: number, max: number): PatternNode {
  return { kind: 'refused', min, max };
}

export function sequence(items: PatternNode[]): PatternNode {
  const sum = (of: (item: PatternNode) => number) => items.reduce((total, item) => total + of(item), 0);
  return { kind: 'sequence', items, min: sum((item) => item.min), max: sum((item) => item.max) };
}

export function choice(options: PatternNode[]): PatternNode {
  if (options.length === 1) return options[0]!;
  const min = Math.min(...options.map((option) => option.min));
  return { kind: 'choice', options, min, max: Math.max(...options.map((option) => option.max)) };
}

export function repeat(body: PatternNode, least: number, most: number, isLazy: boolean): PatternNode {
  const max = body.max === 0 || most === 0 ? 0 : body.max * most;
  return { kind: 'repeat', body, least, most, isLazy, min: body.min * least, max };
}

export function group(body: PatternNode, index: number): PatternNode {
  return { kind: 'group', body, index, min: body.min, max: body.max };
}
