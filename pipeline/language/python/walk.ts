import type { Expression, Target } from './ast';

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
  const visit = (child: Expression | undefined, names = bound): void => {
    if (child) walkExpression(child, see, names);
  };
  see(node, bound);
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
      for (const item of node.items) visit(item);
      return;
    case 'dict':
      for (const [key, value] of node.entries) {
        visit(key);
        visit(value);
      }
      return;
    case 'starred':
      return visit(node.value);
    case 'attribute':
      return visit(node.object);
    case 'subscript':
      visit(node.object);
      return visit(node.index);
    case 'slice':
      visit(node.start);
      visit(node.stop);
      return visit(node.step);
    case 'call':
      visit(node.callee);
      for (const item of node.positional) visit(item);
      for (const [, value] of node.keywords) visit(value);
      return;
    case 'binary':
    case 'logic':
      visit(node.left);
      return visit(node.right);
    case 'unary':
      return visit(node.operand);
    case 'compare':
      visit(node.first);
      for (const [, operand] of node.rest) visit(operand);
      return;
    case 'ternary':
      visit(node.test);
      visit(node.then);
      return visit(node.otherwise);
    case 'lambda': {
      for (const parameter of node.parameters) visit(parameter.initial);
      return visit(node.body, new Set([...bound, ...node.parameters.map((parameter) => parameter.name)]));
    }
    case 'comprehension': {
      let names = bound;
      for (const clause of node.clauses) {
        visit(clause.iterable, names);
        names = new Set([...names, ...targetNames(clause.target)]);
        for (const condition of clause.conditions) visit(condition, names);
      }
      visit(node.element, names);
      return visit(node.value, names);
    }
    default:
      return node satisfies never;
  }
}

function targetNames(target: Target): string[] {
  return typeof target === 'string' ? [target] : target.flatMap(targetNames);
}
