import type { Json } from '../json';
import { BUILTINS } from './python/builtins';
import { unsupportedPatterns } from './python/regex/literals';
import { MAX_TEMPLATE_DEPTH, parseTemplate } from './template';

/** Fragments that name no module have no patterns. */
const NAMES_MODULE = /\$\{[^}]*\bre\b/;

/**
 * Why regular expressions in the fragments of a value cannot be matched here. A fragment with a name that nothing has stays
 * as text, and has none.
 *
 * @param isVariable whether there is a variable of a name
 */
export function patternFaults(value: Json, isVariable: (name: string) => boolean, depth = 0): string[] {
  if (typeof value === 'string') return NAMES_MODULE.test(value) ? faultsOfText(value, isVariable) : [];
  if (value === null || typeof value !== 'object' || depth > MAX_TEMPLATE_DEPTH) return [];
  return Object.values(value).flatMap((item) => patternFaults(item as Json, isVariable, depth + 1));
}

function faultsOfText(text: string, isVariable: (name: string) => boolean): string[] {
  const template = parseTemplate(text);
  if (template === null || typeof template !== 'object' || template.kind !== 'text') return [];
  return template.parts.flatMap((part) => {
    if (typeof part === 'string' || part.kind !== 'expression') return [];
    if (!part.names.every((name) => BUILTINS.has(name) || isVariable(name))) return [];
    return unsupportedPatterns(part.expression, isVariable);
  });
}
