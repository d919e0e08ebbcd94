import type { Expression } from './ast';
import { walkExpression } from './walk';

/** Root names that an expression reads; names bound by a comprehension or a lambda do not count (bk-sops §4.1). */
export function collectNames(node: Expression, found: Set<string>): void {
  walkExpression(node, (part, bound) => {
    if (part.kind === 'name' && !bound.has(part.name)) found.add(part.name);
  });
}
