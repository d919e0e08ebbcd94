import type { Json } from '../../pipeline/json';
import { Dice, seededRandom } from '../random';
import { ExpressionMaker } from './maker';
import { bigValues } from './scope';

/** The longest source of a fragment or condition; a longer one is refused before it costs anything. */
const MAX_SOURCE = 4_000;
const FILTERS = ['h', 'x', 'u', 'trim', 'entity', 'unicode', 'str', 'n', 'decode.utf8', 'h,trim', 'u,h'] as const;
const SPLICES = 8;

/** What a user can write into one place of a tree. */
export type RandomInput =
  /** A node's input, and constants that it may refer to. */
  | { kind: 'input'; value: Json; constants: Record<string, string> }
  /** The condition of a branch. */
  | { kind: 'condition'; text: string; lang: 'boolrule' | 'expr' }
  /** The success condition of an HTTP node, over an answer. */
  | { kind: 'rule'; text: string; answer: Json };

/** The input with a number: the same for the same seed, whatever came before it. */
export function randomInput(seed: number, index: number): RandomInput {
  const dice = new Dice(seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)));
  return dice.weighted<() => RandomInput>([
    [12, () => ({ kind: 'input', value: inputValue(dice), constants: {} })],
    [2, () => chained(dice)],
    [2, () => ({ kind: 'condition', text: ruleText(dice, fragment), lang: 'boolrule' })],
    [2, () => ({ kind: 'condition', text: short(dice, (depth) => conditionMaker(dice).whole(depth)), lang: 'expr' })],
    [2, () => ({ kind: 'rule', text: ruleText(dice, () => 'resp.a'), answer: answerOf(dice) })],
  ])();
}

function conditionMaker(dice: Dice): ExpressionMaker {
  return new ExpressionMaker(dice, 'allowed');
}

/** One that fits: again with less depth until it does. */
function short(dice: Dice, make: (depth: number) => string): string {
  for (let depth = 2 + dice.below(4); ; depth--) {
    const text = make(depth);
    if (text.length <= MAX_SOURCE || depth <= 0) return text;
  }
}

function fragment(dice: Dice): string {
  const filter = dice.chance(0.15) ? ` | ${dice.pick(FILTERS)}` : '';
  return `\${${short(dice, (depth) => new ExpressionMaker(dice).whole(depth))}${filter}}`;
}

function part(dice: Dice): string {
  return dice.weighted([
    [5, () => fragment(dice)],
    [1, () => `\${${dice.pick(Object.keys(bigValues()))}}`],
    [1, () => dice.pick(['', ' ', 'x'.repeat(1_000), '${', '}'])],
  ])();
}

function text(dice: Dice): string {
  const parts = Array.from(
    {
      length: dice.weighted([
        [6, 1],
        [2, 2],
        [1, 5],
      ]),
    },
    () => part(dice),
  );
  return dice.chance(0.05) ? parts.join('').repeat(dice.pick([10, 100])) : parts.join('');
}

function inputValue(dice: Dice): Json {
  return dice.weighted<() => Json>([
    [16, () => text(dice)],
    [1, () => Array.from({ length: dice.pick([2, 10, 50]) }, () => text(dice))],
    [1, () => ({ a: text(dice), b: [text(dice), { c: text(dice) }] })],
    [1, () => Array<Json>(dice.pick([10, 1_000])).fill(`\${${dice.pick(Object.keys(bigValues()))}}`)],
  ])();
}

/** Constants of which each holds the one before it several times. */
function chained(dice: Dice): RandomInput {
  const constants: Record<string, string> = { a0: dice.pick(['x'.repeat(512), '${big}', fragment(dice)]) };
  const length = 1 + dice.below(SPLICES);
  for (let place = 1; place <= length; place++) {
    const before = `\${a${place - 1}}`;
    constants[`a${place}`] = dice.pick([before.repeat(8), before + before, `\${len(a${place - 1})} ${before}`]);
  }
  const last = `\${a${length}}`;
  return { kind: 'input', value: dice.pick([last, `<${last}>`, last.repeat(8), [last, last]]), constants };
}

const RULE_OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'in', 'notin', 'issuperset', 'notissuperset'] as const;

/** A rule: comparisons, chained and in parentheses, that name the expensive thing as often as they can. */
function ruleText(dice: Dice, dear: (dice: Dice) => string): string {
  const operand = (): string =>
    dice.weighted([
      [4, () => dear(dice)],
      [1, () => dice.pick(['1', '-2.5', '"x"', "'😀'", 'true', '(1, 2, "a")', '"${big}"', '${numbers}', '"${emoji}"'])],
      [1, () => `(${Array.from({ length: 1 + dice.below(50) }, () => dice.pick(['1', '"x"', '2.5'])).join(', ')})`],
    ])();
  const comparison = () => `${operand()} ${dice.pick(RULE_OPERATORS)} ${operand()}`;
  const count = dice.pick([1, 2, 5, 400]);
  const first = comparison();
  const again = dice.chance(0.5) ? () => first : comparison;
  let rule = first;
  for (let made = 1; made < count && rule.length < MAX_SOURCE - first.length; made++) {
    rule += ` ${dice.pick(['and', 'or'])} ${again()}`;
  }
  return dice.chance(0.1) ? `${'('.repeat(dice.pick([3, 90]))}${rule}` : rule;
}

function answerOf(dice: Dice): Json {
  const { big, numbers, table, deep, wide } = bigValues();
  const a = dice.pick<Json>([
    [Array(250_000).fill(0)],
    big!,
    numbers!,
    table!,
    deep!,
    wide!,
    1,
    'x',
    '9'.repeat(900_000),
  ]);
  return { a };
}
