import type { Expression, Target } from './ast';

/** A part of an expression, and the names that the expression binds for it. */
export interface ExpressionPart {
  node: Expression;
  binds?: readonly string[];
}

/** The parts of an expression, from left to right: those directly below it. */
export function partsOf(node: Expression): ExpressionPart[] {
  const parts = (...nodes: (Expression | undefined)[]): ExpressionPart[] =>
    nodes.flatMap((part) => (part ? [{ node: part }] : []));
  switch (node.kind) {
    case 'name':
    case 'const':
    case 'int':
    case 'float':
    case 'bytes':
      return [];
    case 'list':
    case 'tuple':
    case 'set':
      return parts(...node.items);
    case 'dict':
      return parts(...node.entries.flat());
    case 'starred':
      return parts(node.value);
    case 'attribute':
      return parts(node.object);
    case 'subscript':
      return parts(node.object, node.index);
    case 'slice':
      return parts(node.start, node.stop, node.step);
    case 'call':
      return parts(node.callee, ...node.positional, ...node.keywords.map(([, value]) => value));
    case 'binary':
    case 'logic':
      return parts(node.left, node.right);
    case 'unary':
      return parts(node.operand);
    case 'compare':
      return parts(node.first, ...node.rest.map(([, operand]) => operand));
    case 'ternary':
      return parts(node.test, node.then, node.otherwise);
    case 'lambda': {
      const body = { node: node.body, binds: node.parameters.map(({ name }) => name) };
      return [...parts(...node.parameters.map(({ initial }) => initial)), body];
    }
    case 'comprehension':
      return partsOfComprehension(node);
    default:
      return node satisfies never;
  }
}

/** Each clause sees the names of those before it. */
function partsOfComprehension(node: Extract<Expression, { kind: 'comprehension' }>): ExpressionPart[] {
  const found: ExpressionPart[] = [];
  let binds: readonly string[] = [];
  for (const clause of node.clauses) {
    found.push({ node: clause.iterable, binds });
    binds = [...binds, ...targetNames(clause.target)];
    for (const condition of clause.conditions) found.push({ node: condition, binds });
  }
  found.push({ node: node.element, binds });
  return node.value ? [...found, { node: node.value, binds }] : found;
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
  for (const part of partsOf(node)) {
    walkExpression(part.node, see, part.binds ? new Set([...bound, ...part.binds]) : bound);
  }
}
