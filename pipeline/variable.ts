import type { Json } from './json';
import { isConstantTemplate, parseTemplate } from './language/template';
import type { Variable } from './program';
import { isTypedVariable } from './variable-types';

/** The variable that a value makes (bk-sops §4.2): plain, rendered on every use, or resolved by its type. */
export function defineVariable(value: Json, type?: string): Exclude<Variable, { kind: 'output' }> {
  const template = parseTemplate(value);
  if (isTypedVariable(type)) return { kind: 'typed', type, template };
  return isConstantTemplate(template) ? { kind: 'plain', value } : { kind: 'template', template };
}
