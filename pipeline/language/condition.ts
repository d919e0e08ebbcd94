import { hasSealedText } from '../../base/sealed-text';
import type { JsonObject } from '../json';
import { testRule } from './boolrule';
import type { Ambient } from './python/ambient';
import type { Expression } from './python/ast';
import { ExpressionError, type ExpressionErrorKind, isFinal, limitError, sealedError } from './python/errors';
import { evaluate, type Scope } from './python/evaluator';
import { rounding } from './python/first-numbers';
import { MAX_SOURCE_LENGTH, Meter } from './python/limits';
import { parseSource } from './python/parser';
import { collectNames } from './python/references';
import { concealing } from './python/sealed';
import { truthy } from './python/truth';
import { pythonStr } from './python/value-text';
import type { ScopeValue } from './python/values';
import { type RulePart, ruleFault } from './rule-outline';
import { parseTemplate, renderTemplate, type Template, templateReferences } from './template';

export type ConditionErrorKind = 'parse' | 'type' | 'value' | 'missing_variable' | 'limit' | 'sealed' | 'unsupported';

/**
 * Why a condition has no result. `rendered` is the text that was evaluated, for the gateway's message (bk-sops §5.4).
 */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
  readonly kind: ConditionErrorKind;
  readonly rendered: string | undefined;

  constructor(kind: ConditionErrorKind, message: string, options: { rendered?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.rendered = options.rendered;
  }
}

/** A compiled condition: plain JSON, stored with the program. `source` is the text as written. */
export type Condition =
  | { lang: 'boolrule'; template: Template; source: string }
  | { lang: 'expr'; expression: Expression; source: string };

const KINDS: Record<ExpressionErrorKind, ConditionErrorKind> = {
  syntax: 'parse',
  type: 'type',
  value: 'value',
  missing_variable: 'missing_variable',
  limit: 'limit',
  sealed: 'sealed',
  unsupported: 'unsupported',
};

function explained<T>(run: () => T, rendered?: string): T {
  try {
    return run();
  } catch (cause) {
    const options = { cause, ...(rendered !== undefined && { rendered }) };
    if (cause instanceof ExpressionError) throw new ConditionError(KINDS[cause.kind], cause.message, options);
    // The engine's own stack is the last of the limits.
    if (isFinal(cause))
      throw new ConditionError('limit', 'a condition that is deeper than the limit of the engine', options);
    throw cause;
  }
}

/**
 * Evaluates a rule of the condition language (bk-sops §5). With a context, a path is looked up in it; without, it is
 * its own text. Throws ConditionError.
 *
 * @example evaluateBoolrule('resp.code in (0, 200)', { resp: { code: 200 } }) // true
 */
export function evaluateBoolrule(text: string, context?: JsonObject, meter = new Meter()): boolean {
  return explained(() => {
    requireLength(text);
    return testRule(text, context, meter);
  }, text);
}

function requireLength(source: string): void {
  if (source.length <= MAX_SOURCE_LENGTH) return;
  throw limitError(`a condition of ${source.length} characters, over the limit of ${MAX_SOURCE_LENGTH}`);
}

/**
 * Compiles the `evaluate` text of a branch. `expr` is the expression language of templates with ordinary precedence,
 * in which `${x}` and `x` name the same variable (bk-sops §5.4); it throws ConditionError `parse` on bad syntax.
 */
export function compileCondition(source: string, lang: 'boolrule' | 'expr' = 'boolrule'): Condition {
  switch (lang) {
    case 'boolrule':
      return { lang, template: parseTemplate(source), source };
    case 'expr':
      return { lang, expression: explained(() => parseCondition(source), source), source };
    default:
      return lang satisfies never;
  }
}

function parseCondition(source: string): Expression {
  const { expression, forbidden } = parseSource(source.trim(), { dialect: 'condition' });
  if (forbidden) throw new ExpressionError('syntax', 'the expression uses a forbidden name');
  return expression;
}

/**
 * Why a condition that was compiled cannot be read when its gateway is reached, whatever its variables hold then; undefined
 * when it can, or might.
 */
export function conditionFault(condition: Condition): string | undefined {
  // What is too long fails its gateway, like all that costs too much.
  if (condition.lang !== 'boolrule' || condition.source.length > MAX_SOURCE_LENGTH) return undefined;
  return ruleFault(rulePartsOf(condition.template))?.message;
}

/** What stays as it is written is literal text. */
function rulePartsOf(template: Template): RulePart[] {
  if (template === null || typeof template !== 'object') return [String(template)];
  if (template.kind !== 'text') return [];
  return template.parts.map((part): RulePart => {
    if (typeof part === 'string') return part;
    if (part.kind === 'inert') return part.source;
    return { source: part.kind === 'name' ? `\${${part.name}}` : part.source };
  });
}

/** Names that a condition reads, sorted, without `${}`. */
export function conditionReferences(condition: Condition): string[] {
  switch (condition.lang) {
    case 'boolrule':
      return templateReferences(condition.template);
    case 'expr': {
      const names = new Set<string>();
      collectNames(condition.expression, names);
      return [...names].sort();
    }
    default:
      return condition satisfies never;
  }
}

/** Renders and evaluates a condition. Throws ConditionError; `rendered` on it is the text after rendering. */
export function decide(condition: Condition, scope: Scope, ambient: Ambient, meter: Meter): boolean {
  const isOld = ambient.language === 1;
  if (!isOld) explained(() => requireLength(condition.source));
  switch (condition.lang) {
    case 'boolrule': {
      const rendered = explained(() => {
        const value = renderTemplate(condition.template, escapingScope(scope, meter), ambient, meter);
        return typeof value === 'string' ? value : pythonStr(value, meter);
      });
      return explained(() => {
        if (!isOld && hasSealedText(rendered)) throw sealedError('a password cannot be looked at by a condition');
        return testRule(rendered, undefined, meter);
      }, rendered);
    }
    case 'expr': {
      const seen: Scope = isOld ? rounding(scope) : concealing(scope, meter);
      return explained(() => truthy(evaluate(condition.expression, seen, ambient, meter)), condition.source);
    }
    default:
      return condition satisfies never;
  }
}

/** Units of work a character. */
const ESCAPED = 4;

const BLANK_ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text variables with their line ends and tabs as two-character escapes, so that they fit between quotes (bk-sops §5).
 */
function escapingScope(scope: Scope, meter: Meter): Scope {
  return (name): ScopeValue | undefined => {
    const value = scope(name);
    if (typeof value === 'string') meter.charge(value.length * ESCAPED);
    if (typeof value !== 'string' || !/[\n\r\t]/.test(value) || /\\[nrt]/.test(value)) return value;
    return value.replace(/[\n\r\t]/g, (character) => BLANK_ESCAPES[character]!);
  };
}
