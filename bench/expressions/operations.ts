import type { Dice } from '../random';
import { type ArgumentType, FLAGS, type Type } from './signatures';
import { COMMON } from './weights';

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;

/** Makes what stands between the signs of an operation; the deeper, the longer. */
export interface OperandMaker {
  readonly dice: Dice;
  readonly braces: 'none' | 'allowed';
  make(type: Type, depth: number): string;
  argument(type: ArgumentType, depth: number): string;
  walk(open: string, close: string, element: Type, depth: number): string;
  slice(depth: number): string;
  format(depth: number): string;
}

export type Operation = (maker: OperandMaker, depth: number) => string;

/** `a op b` with both of a type. */
function binary(operators: readonly string[], left: Type, right: Type = left): Operation {
  return (maker, depth) => `(${maker.make(left, depth)} ${maker.dice.pick(operators)} ${maker.make(right, depth)})`;
}

function sliced(type: Type): Operation {
  return (maker, depth) => `${maker.make(type, depth)}[${maker.slice(depth)}]`;
}

function item(type: Type, key: Type): Operation {
  return (maker, depth) => `${maker.make(type, depth)}[${maker.make(key, depth)}]`;
}

const compare: Operation = (maker, depth) => {
  const type = maker.dice.weighted(COMMON);
  const next = maker.dice.chance(0.2) ? ` ${maker.dice.pick(COMPARISONS)} ${maker.make(type, depth)}` : '';
  return `(${maker.make(type, depth)} ${maker.dice.pick(COMPARISONS)} ${maker.make(type, depth)}${next})`;
};

const contains: Operation = (maker, depth) =>
  `(${maker.argument('any', depth)} ${maker.dice.pick(['in', 'not in'])} ${maker.argument('iterable', depth)})`;

const display =
  (open: string, close: string, brace: boolean, fallback: string): Operation =>
  (maker, depth) => {
    const items = Array.from({ length: 1 + maker.dice.below(3) }, () => maker.argument('any', depth)).join(', ');
    return brace && maker.braces === 'none' ? `${fallback}([${items}])` : `${open}${items}${close}`;
  };

const spread: Operation = (maker, depth) => `[*${maker.argument('iterable', depth)}, ${maker.argument('any', depth)}]`;

/** What is written with operators and brackets, by the type that it makes. */
export const OPERATIONS: Partial<Record<Type, [number, Operation][]>> = {
  text: [
    [2, binary(['+'], 'text')],
    [2, binary(['*'], 'text', 'int')],
    [3, (maker, depth) => `(${maker.format(depth)})`],
    [2, sliced('text')],
    [1, item('text', 'int')],
  ],
  int: [
    [3, binary(['+', '-', '*', '//', '%', '**', '<<', '>>', '&', '|', '^'], 'int')],
    [1, (maker, depth) => `${maker.dice.pick(['-', '+', '~'])}${maker.make('int', depth)}`],
    [4, (maker, depth) => `len(${maker.walk('[', ']', 'int', depth)})`],
    [2, (maker, depth) => `len(${maker.walk('[', ']', 'none', depth)})`],
    [2, (maker, depth) => `sum(${maker.walk('', '', 'int', depth)})`],
    [1, item('list', 'int')],
    [1, (maker, depth) => `max(${maker.walk('', '', 'int', depth)})`],
    [1, (maker, depth) => `max(*${maker.argument('iterable', depth)})`],
  ],
  float: [
    [2, binary(['+', '-', '*', '/', '//', '%', '**'], 'float')],
    [1, binary(['/'], 'int')],
  ],
  bool: [
    [3, compare],
    [3, contains],
    [1, (maker, depth) => `(not ${maker.make('bool', depth)})`],
    [1, binary(['is', 'is not'], 'list')],
    [2, (maker, depth) => `any(${maker.walk('', '', 'bool', depth)})`],
    [2, (maker, depth) => `all(${maker.walk('', '', 'bool', depth)})`],
    [2, binary(['<', '<=', '>', '>=', '==', '!='], 'set')],
    [1, binary(['==', '!='], 'dict')],
  ],
  list: [
    [2, binary(['+'], 'list')],
    [2, binary(['*'], 'list', 'int')],
    [2, sliced('list')],
    [3, (maker, depth) => maker.walk('[', ']', 'text', depth)],
    [2, (maker, depth) => maker.walk('[', ']', 'list', depth)],
    [2, (maker, depth) => maker.walk('[', ']', 'bool', depth)],
    [1, display('[', ']', false, 'list')],
    [1, spread],
  ],
  tuple: [
    [2, binary(['+'], 'tuple')],
    [2, binary(['*'], 'tuple', 'int')],
    [1, sliced('tuple')],
    [1, display('(', ',)', false, 'tuple')],
  ],
  set: [
    [5, binary(['|', '&', '-', '^'], 'set')],
    [1, binary(['|', '&', '-', '^'], 'view')],
    [2, (maker, depth) => `set(${maker.walk('', '', 'tuple', depth)})`],
    [1, (maker, depth) => `set(${maker.walk('', '', 'text', depth)})`],
    [1, display('{', '}', true, 'set')],
  ],
  dict: [
    [3, binary(['|'], 'dict')],
    [2, (maker, depth) => `dict(${maker.walk('', '', 'tuple', depth)})`],
    [1, (maker, depth) => `dict(zip(${maker.argument('iterable', depth)}, ${maker.argument('iterable', depth)}))`],
    [1, (maker, depth) => `dict(**${maker.make('dict', depth)})`],
    [1, item('list', 'int')],
  ],
  bytes: [
    [1, binary(['+'], 'bytes')],
    [1, binary(['*'], 'bytes', 'int')],
    [1, sliced('bytes')],
  ],
  view: [[1, binary(['|', '&', '-', '^'], 'view')]],
  range: [[1, sliced('range')]],
  pattern: [[1, (maker, depth) => `re.compile(${maker.argument('source', depth)}, ${maker.dice.pick(FLAGS)})`]],
  delta: [
    [1, binary(['+', '-'], 'delta')],
    [1, binary(['*', '//'], 'delta', 'int')],
    [1, binary(['-'], 'datetime')],
  ],
  datetime: [[1, binary(['+', '-'], 'datetime', 'delta')]],
  date: [[1, binary(['+', '-'], 'date', 'delta')]],
};
