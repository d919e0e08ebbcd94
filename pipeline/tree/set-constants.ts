import type { Json } from '../json';
import { ExpressionError } from '../language/python/errors';
import type { Run } from '../language/python/functions';
import { Meter } from '../language/python/limits';
import { FLAGS } from '../language/python/regex/flags';
import { compileRe2 } from '../language/python/regex/re2';
import { isConstantTemplate, parseTemplate } from '../language/template';
import { definitionOf } from '../variable-types/meta';
import { own } from './own';
import type { Constant } from './types';

type Constants = Record<string, Constant>;

/**
 * The constants of a task: definitions move to `meta` and leave their default behind, `simplify` makes custom ones plain
 * text, `values` replace what is there. Keys that do not exist are ignored (bk-sops §4.4).
 */
export function setConstants(
  constants: Constants,
  { values = {}, simplify = [] }: { values?: Record<string, Json>; simplify?: readonly string[] },
): Constants {
  const simplified = new Set(simplify);
  const set = Object.entries(constants).map(([key, constant]): [string, Constant] => {
    const settled = simplified.has(key) ? asPlainText(settleMeta(constant)) : settleMeta(constant);
    const value = own(values, key);
    return [key, value === undefined ? settled : { ...settled, value }];
  });
  return Object.fromEntries(set);
}

/** A constant whose value is the definition of its choices keeps that in `meta`, and what is chosen is the default. */
export function settleMeta(constant: Constant): Constant {
  const { value, meta } = definitionOf(constant);
  if (meta === undefined || meta !== constant.value) return constant;
  const { meta: _, ...definition } = constant;
  return { ...constant, meta: { ...definition } as Json, value };
}

function asPlainText(constant: Constant): Constant {
  // A password is text already, and must go on being treated as one.
  if ((constant.source_type ?? 'custom') !== 'custom' || constant.custom_type === 'password') return constant;
  const { meta: _, ...plain } = constant;
  return { ...plain, custom_type: 'textarea', source_tag: 'textarea.textarea', is_meta: false };
}

/**
 * Shown constants whose value does not match their `validation`, as JavaScript's regular expressions match
 * (bk-sops §1.7). What is no text, or only becomes one when it is rendered, is not judged; nor are passwords.
 */
export function validationProblems(constants: Constants): { key: string; message: string }[] {
  const run = { meter: new Meter() };
  return Object.entries(constants).flatMap(([key, constant]) => {
    const message = mismatch(constant, run);
    return message === undefined ? [] : [{ key, message: `constant ${key}: ${message}` }];
  });
}

function mismatch(
  { validation, show_type, source_type, custom_type, value = '' }: Constant,
  run: Pick<Run, 'meter'>,
): string | undefined {
  if (typeof validation !== 'string' || validation === '') return undefined;
  // A password is sealed by now.
  if (show_type === 'hide' || source_type === 'component_outputs' || custom_type === 'password') return undefined;
  if (typeof value === 'object' || !isConstantTemplate(parseTemplate(value))) return undefined;
  try {
    const pattern = compileRe2(validation, FLAGS.ASCII, run);
    if (pattern.find(String(value), 'anywhere', 1, run).length > 0) return undefined;
    return `its value does not match ${validation}`;
  } catch (error) {
    if (error instanceof ExpressionError) return `its value cannot be checked against ${validation}: ${error.message}`;
    throw error;
  }
}
