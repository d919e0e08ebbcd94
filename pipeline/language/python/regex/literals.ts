import type { Expression } from '../ast';
import { ExpressionError } from '../errors';
import { RE_MODULE } from '../modules/re';
import { argumentsBeforeFlags } from '../modules/re/operations';
import { walkExpression } from '../walk';
import { FLAGS } from './flags';
import { parsePattern } from './parse';
import { requirePatternLength } from './pattern';

/**
 * Why patterns that an expression has as texts of its own cannot be matched here; what is no pattern at all is no such
 * reason, and neither is a pattern that only becomes known when the expression runs.
 *
 * @example unsupportedPatterns(parseSource("re.sub('(?=a)', '', t)").expression) // ["… has the look-ahead (?=…) …"]
 */
export function unsupportedPatterns(expression: Expression): string[] {
  const reasons: string[] = [];
  walkExpression(expression, (node, bound) => {
    if (node.kind !== 'call' || bound.has('re')) return;
    const { callee } = node;
    if (callee.kind !== 'attribute' || callee.object.kind !== 'name' || callee.object.name !== 're') return;
    if (!takesPattern(callee.name)) return;
    const pattern = argument(node, 0, 'pattern');
    const text = pattern && literalText(pattern);
    const reason = text && reasonOf(text, argument(node, 1 + argumentsBeforeFlags(callee.name), 'flags'));
    if (reason) reasons.push(reason);
  });
  return reasons;
}

function takesPattern(name: string): boolean {
  return name !== 'escape' && typeof RE_MODULE.members.get(name) === 'object';
}

function argument(call: Extract<Expression, { kind: 'call' }>, index: number, name: string): Expression | undefined {
  const before = call.positional.slice(0, index + 1);
  if (before.some(({ kind }) => kind === 'starred')) return undefined;
  return before[index] ?? call.keywords.find(([keyword]) => keyword === name)?.[1];
}

/** A text, or several that are put together. */
function literalText(node: Expression): string | undefined {
  if (node.kind === 'const') return typeof node.value === 'string' ? node.value : undefined;
  if (node.kind !== 'binary' || node.operator !== '+') return undefined;
  const [left, right] = [literalText(node.left), literalText(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** Flags matter where they turn what looks like a construct into a comment. */
function reasonOf(pattern: string, flags: Expression | undefined): string | undefined {
  const reason = unsupported(pattern, 0);
  return flags === undefined ? reason : reason && unsupported(pattern, FLAGS.VERBOSE);
}

function unsupported(pattern: string, flags: number): string | undefined {
  try {
    requirePatternLength(pattern);
    parsePattern(pattern, flags);
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return error.kind === 'unsupported' ? error.message : undefined;
  }
}
