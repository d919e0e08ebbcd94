import type { Json } from '../json';
import { applyFilters, isKnownFilter } from './filters';
import type { Ambient } from './python/ambient';
import type { Expression } from './python/ast';
import { BUILTINS } from './python/builtins';
import { isFinal, placed } from './python/errors';
import { evaluate, type Scope } from './python/evaluator';
import { rounded, rounding } from './python/first-numbers';
import type { Meter } from './python/limits';
import { sizeOf } from './python/measure';
import { isKeyword, parseSource } from './python/parser';
import { collectNames } from './python/references';
import { type Language, languageOf, NEWEST_LANGUAGE } from './python/rules';
import { isForbiddenName } from './python/safety';
import { concealing } from './python/sealed';
import { pythonStr } from './python/value-text';
import { AttributeObject } from './python/values';

export type { Ambient } from './python/ambient';
export type { Scope } from './python/evaluator';

/** `${…}` without `$`, `{`, `}` or `#` inside (bk-sops §4.1). */
const FRAGMENT = /\$\{([^${}#]+)\}/g;
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;
/** Deeper values are taken as they are: nothing real is nested like that, and parsing must never throw. */
export const MAX_TEMPLATE_DEPTH = 100;

/**
 * A value with its fragments parsed; plain JSON, stored with the compiled program. What has nothing to render is itself
 * (text, number, …) or `{lit}`.
 */
export type Template =
  | null
  | boolean
  | number
  | bigint
  | string
  | { kind: 'lit'; value: Json }
  | { kind: 'text'; parts: Part[] }
  | { kind: 'list'; items: Template[] }
  | { kind: 'dict'; entries: [string, Template][] };

/** Literal text, a plain name, an expression, or a fragment that is known but stays as written. */
export type Part = string | NamePart | ExpressionPart | InertPart;

export interface NamePart {
  kind: 'name';
  name: string;
}

export interface ExpressionPart {
  kind: 'expression';
  source: string;
  expression: Expression;
  /** Its root names: one that is unknown makes the fragment inert even where it is not reached (bk-sops §4.1). */
  names: string[];
  filters?: string[];
}

/** Forbidden, or with an unknown filter: never evaluated, but its names are references (bk-sops §4.1). */
export interface InertPart {
  kind: 'inert';
  source: string;
  names: string[];
}

/**
 * Parses a value (bk-sops §4.1): text, lists and dict values, recursively. Never throws: what is not an expression is
 * text.
 *
 * @example parseTemplate('no fragment') // 'no fragment'
 */
export function parseTemplate(value: Json, language: Language = NEWEST_LANGUAGE): Template {
  return parseValue(value, 0, language);
}

function parseValue(value: Json, depth: number, language: Language): Template {
  if (typeof value === 'string') return parseText(value, language);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_TEMPLATE_DEPTH) return { kind: 'lit', value };
  if (Array.isArray(value)) {
    const items = value.map((item) => parseValue(item, depth + 1, language));
    return items.every(isConstantTemplate) ? { kind: 'lit', value } : { kind: 'list', items };
  }
  const entries = Object.entries(value).map(([key, item]): [string, Template] => [
    key,
    parseValue(item, depth + 1, language),
  ]);
  if (entries.every(([, item]) => isConstantTemplate(item))) return { kind: 'lit', value };
  return { kind: 'dict', entries };
}

function parseText(text: string, language: Language): Template {
  if (!text.includes('${')) return text;
  const parts: Part[] = [];
  const addText = (literal: string): void => {
    if (literal === '') return;
    if (typeof parts.at(-1) === 'string') parts.push(String(parts.pop()) + literal);
    else parts.push(literal);
  };
  let at = 0;
  for (const match of text.matchAll(FRAGMENT)) {
    addText(text.slice(at, match.index));
    const part = parseFragment(match[0], match[1]!, language);
    if (typeof part === 'string') addText(part);
    else parts.push(part);
    at = match.index + match[0].length;
  }
  addText(text.slice(at));
  return parts.every((part) => typeof part === 'string') ? parts.join('') : { kind: 'text', parts };
}

function parseFragment(source: string, inner: string, language: Language): Part {
  const bare = inner.trim();
  if (bare === '') return '';
  if (PLAIN_NAME.test(inner) && !isKeyword(inner)) return { kind: 'name', name: inner };
  try {
    const isOld = language === 1;
    const { expression, filters, forbidden } = parseSource(bare, isOld ? {} : { lineEnds: 'blanks' });
    const names = namesOf(expression);
    // A blank in front is a syntax error to the original, whose names it still counts.
    const isIndented = isOld ? inner !== inner.trimStart() : /^[\n\r]*[^\S\n\r]/.test(inner);
    if (isIndented || forbidden || !filters?.every(isKnownFilter)) return { kind: 'inert', source, names };
    return { kind: 'expression', source, expression, names, ...(filters.length > 0 && { filters }) };
  } catch {
    return source;
  }
}

function namesOf(expression: Expression): string[] {
  const names = new Set<string>();
  collectNames(expression, names);
  return [...names].sort();
}

/** True when there is nothing to render. */
export function isConstantTemplate(template: Template): boolean {
  return template === null || typeof template !== 'object' || template.kind === 'lit';
}

/**
 * Root names in all fragments, builtins and modules included, sorted and without `${}` (bk-sops §4.1).
 *
 * @example templateReferences(parseTemplate('${len(l)} ${a}')) // ['a', 'l', 'len']
 */
export function templateReferences(template: Template): string[] {
  const names = new Set<string>();
  collectReferences(template, names);
  for (const name of NEVER_REFERENCES) names.delete(name);
  return [...names].sort();
}

function collectReferences(template: Template, names: Set<string>): void {
  if (template === null || typeof template !== 'object') return;
  switch (template.kind) {
    case 'lit':
      return;
    case 'list':
      for (const item of template.items) collectReferences(item, names);
      return;
    case 'dict':
      for (const [, item] of template.entries) collectReferences(item, names);
      return;
    case 'text':
      for (const part of template.parts) collectPart(part, names);
      return;
    default:
      return template satisfies never;
  }
}

/** Names that Mako has a meaning for wherever they stand, and never counts as references. */
const NEVER_REFERENCES = ['context', 'print'];

function collectPart(part: Part, names: Set<string>): void {
  if (typeof part === 'string') return;
  switch (part.kind) {
    case 'name':
      names.add(part.name);
      return;
    case 'expression':
    case 'inert':
      for (const name of part.names) names.add(name);
      return;
    default:
      return part satisfies never;
  }
}

/**
 * Renders a template (bk-sops §4.1). A text that is exactly one known name gives its value with its type, everything
 * else gives text; a fragment that cannot be evaluated stays as written. The result may share structure with the
 * template and the scope: do not change it.
 *
 * @throws ExpressionError `limit` when it costs more than the meter has left, `sealed` when an expression would look at a
 * secret; the message names the fragment
 */
export function renderTemplate(template: Template, scope: Scope, ambient: Ambient, meter: Meter): Json {
  if (template === null || typeof template !== 'object') return template;
  return new Renderer(scope, ambient, meter).value(template);
}

/** Characters of a fragment that a message quotes. */
const MAX_QUOTED = 120;

class Renderer {
  constructor(
    readonly scope: Scope,
    readonly ambient: Ambient,
    readonly meter: Meter,
  ) {}

  value(template: Template): Json {
    if (template === null || typeof template !== 'object') return template;
    this.meter.step();
    switch (template.kind) {
      case 'lit':
        return this.#whole(template.value);
      case 'text':
        return this.#text(template.parts);
      case 'list':
        return template.items.map((item) => this.value(item));
      case 'dict':
        // fromEntries defines own properties, so that a key `__proto__` is only a key.
        return Object.fromEntries(template.entries.map(([key, item]) => [key, this.value(item)]));
      default:
        return template satisfies never;
    }
  }

  #text(parts: readonly Part[]): Json {
    const [first] = parts;
    if (parts.length === 1 && typeof first === 'object' && first.kind === 'name') {
      const value = this.scope(first.name);
      if (value !== undefined) return value instanceof AttributeObject ? value.text : this.#whole(value);
    }
    // The same fragment is evaluated once, so that `${random.random()}` is one number in one text.
    const known = new Map<string, string>();
    let out = '';
    for (const part of parts) {
      const text = typeof part === 'string' ? part : this.#part(part, known);
      this.meter.append(out.length, text.length);
      out += text;
    }
    return out;
  }

  /** A value that is handed on as it is will be written out by somebody: all of it is paid for. */
  #whole(value: Json): Json {
    if (typeof value === 'string') this.meter.charge(value.length);
    else if (typeof value === 'bigint' || (typeof value === 'object' && value !== null)) {
      this.meter.charge(sizeOf(value));
    }
    return value;
  }

  #part(part: Exclude<Part, string>, known: Map<string, string>): string {
    if (part.kind === 'inert') return part.source;
    const source = part.kind === 'name' ? `\${${part.name}}` : part.source;
    const before = known.get(source);
    if (before !== undefined) return before;
    const text = part.kind === 'name' ? this.#name(part, source) : this.#expression(part);
    known.set(source, text);
    return text;
  }

  #name(part: NamePart, source: string): string {
    // Names that Mako itself uses have no value inside a longer text.
    if (isForbiddenName(part.name)) return source;
    const value = this.scope(part.name);
    if (value === undefined) {
      // Only a builtin is left: `${int}`.
      const expression: Expression = { kind: 'name', name: part.name };
      return this.#expression({ kind: 'expression', source, expression, names: [part.name] });
    }
    if (typeof value === 'string') return value;
    try {
      return pythonStr(this.#language === 1 ? rounded(value) : value, this.meter);
    } catch (error) {
      return this.#unevaluated(source, error);
    }
  }

  /** What costs too much is as good as anything else that cannot be evaluated to runs by the first rules. */
  #unevaluated(source: string, error: unknown): string {
    if (this.#language > 1 && isFinal(error)) throw placed(source.slice(0, MAX_QUOTED), error);
    return source;
  }

  get #language(): Language {
    return languageOf(this.ambient);
  }

  #isKnown(name: string): boolean {
    return BUILTINS.has(name) || this.scope(name) !== undefined;
  }

  #expression(part: ExpressionPart): string {
    if (!part.names.every((name) => this.#isKnown(name))) return part.source;
    try {
      const seen = this.#language === 1 ? rounding(this.scope) : concealing(this.scope, this.meter);
      const value = evaluate(part.expression, seen, this.ambient, this.meter);
      return applyFilters(value, part.filters ?? [], this.meter);
    } catch (error) {
      return this.#unevaluated(part.source, error);
    }
  }
}
