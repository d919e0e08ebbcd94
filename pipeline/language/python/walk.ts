import type { Expression, Target } from './ast';

/** Is shown a part of an expression, and the names that the expression binds for it. */
type SeePart = (part: Expression, binds: readonly string[]) => void;

const NONE: readonly string[] = [];

/** Shows the parts of an expression, from left to right: those directly below it. */
export function eachPart(node: Expression, see: SeePart): void {
  switch (node.kind) {
    case 'name':
    case 'const':
    case 'int':
    case 'float':
    case 'bytes':
      return;
    case 'list':
    case 'tuple':
    case 'set':
      for (const item of node.items) see(item, NONE);
      return;
    case 'dict':
      for (const [key, value] of node.entries) {
        see(key, NONE);
        see(value, NONE);
      }
      return;
    case 'starred':
      return see(node.value, NONE);
    case 'attribute':
      return see(node.object, NONE);
    case 'subscript':
      see(node.object, NONE);
      return see(node.index, NONE);
    case 'slice':
      if (node.start) see(node.start, NONE);
      if (node.stop) see(node.stop, NONE);
      if (node.step) see(node.step, NONE);
      return;
    case 'call':
      see(node.callee, NONE);
      for (const item of node.positional) see(item, NONE);
      for (const [, value] of node.keywords) see(value, NONE);
      return;
    case 'binary':
    case 'logic':
      see(node.left, NONE);
      return see(node.right, NONE);
    case 'unary':
      return see(node.operand, NONE);
    case 'compare':
      see(node.first, NONE);
      for (const [, operand] of node.rest) see(operand, NONE);
      return;
    case 'ternary':
      see(node.test, NONE);
      see(node.then, NONE);
      return see(node.otherwise, NONE);
    case 'lambda': {
      for (const { initial } of node.parameters) if (initial) see(initial, NONE);
      const names = node.parameters.map(({ name }) => name);
      return see(node.body, names);
    }
    case 'comprehension':
      return eachPartOfComprehension(node, see);
    default:
      return node satisfies never;
  }
}

/** Each clause sees the names of those before it. */
function eachPartOfComprehension(node: Extract<Expression, { kind: 'comprehension' }>, see: SeePart): void {
  let binds = NONE;
  for (const clause of node.clauses) {
    see(clause.iterable, binds);
    binds = [...binds, ...targetNames(clause.target)];
    for (const condition of clause.conditions) see(condition, binds);
  }
  see(node.element, binds);
  if (node.value) see(node.value, binds);
}

/** Names that the target of a comprehension's clause binds. */
export function targetNames(target: Target): string[] {
  return typeof target === 'string' ? [target] : target.flatMap(targetNames);
}

/**
 * Shows every part of an expression, from the outside in.
 *
 * @param see is given a part and the names that a comprehension or a lambda around it binds
 */
export function walkExpression(
  node: Expression,
  see: (node: Expression, bound: ReadonlySet<string>) => void,
  bound: ReadonlySet<string> = new Set(),
): void {
  see(node, bound);
  eachPart(node, (part, binds) => {
    walkExpression(part, see, binds.length === 0 ? bound : new Set([...bound, ...binds]));
  });
}
