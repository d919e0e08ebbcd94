import { isDeepStrictEqual } from 'node:util';
import { parseJson, stringifyJson } from '../../base/json';
import { evaluateBoolrule } from '../../pipeline/language/condition';
import { Meter } from '../../pipeline/language/python/limits';
import { parseTemplate, renderTemplate, templateReferences } from '../../pipeline/language/template';
import { validateGraph, validateTree } from '../../pipeline/tree/validate';
import type { Complaint } from '../tally';
import type { ConditionCase, TemplateCase, TreeCase } from './load';

/** Instants, random numbers and zones play no part in these cases. */
const AMBIENT = { now: 0, random: () => 0, offsetMinutes: () => 0 };

/** Our own stricter checks come after those that the cases describe. */
const OWN_STAGE = 'consistency';

export function checkCondition({ expr, context, expected, error_kind }: ConditionCase): Complaint {
  let actual: boolean | string;
  try {
    actual = evaluateBoolrule(expr, context);
  } catch (error) {
    actual = (error as { kind?: string }).kind ?? String(error);
  }
  const wanted = expected === 'error' ? (error_kind ?? actual) : expected;
  const isError = typeof actual === 'string';
  return actual === wanted && isError === (expected === 'error') ? undefined : `is ${actual}, expected ${wanted}`;
}

export function checkTemplate({ template, context, expected, references }: TemplateCase): Complaint {
  const parsed = parseTemplate(template);
  const scope = (name: string) => (Object.hasOwn(context, name) ? context[name] : undefined);
  const actual = parseJson(stringifyJson(renderTemplate(parsed, scope, AMBIENT, new Meter())));
  if (!isDeepStrictEqual(actual, expected))
    return `renders ${stringifyJson(actual)}, expected ${stringifyJson(expected)}`;
  const names = templateReferences(parsed)
    .map((name) => `\${${name}}`)
    .sort();
  return isDeepStrictEqual(names, [...references].sort()) ? undefined : `refers to ${names}, expected ${references}`;
}

/** Trees that are only graphs say so in their note: they have no web fields to check. */
export function checkTree({ note, cycle_tolerate, pipeline_tree, expect }: TreeCase): Complaint {
  const options = { allowCycles: cycle_tolerate };
  const isGraph = note.includes('graph stage only');
  const { problems, converge } = isGraph ? validateGraph(pipeline_tree, options) : validateTree(pipeline_tree, options);
  const problem = problems.find(({ stage }) => stage !== OWN_STAGE);
  if (!expect.valid) {
    const actual = problem ? `${problem.stage}/${problem.kind}` : 'valid';
    const wanted = `${expect.stage ?? problem?.stage}/${expect.error_kind ?? problem?.kind}`;
    return actual === wanted ? undefined : `is ${actual}, expected ${wanted}`;
  }
  if (problem) return `is ${problem.stage}/${problem.kind}: ${problem.message}`;
  const wanted = expect.converge_map ?? converge;
  return isDeepStrictEqual({ ...converge }, wanted)
    ? undefined
    : `converges ${stringifyJson(converge)}, expected ${stringifyJson(wanted)}`;
}
