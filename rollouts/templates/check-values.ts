import { MAX_STEP_VALUES_BYTES } from '../limits';
import { bytesOf, readValue, type Value } from '../parameters/values';
import type { KnownStep } from './known-steps';

/** Something that is wrong with the values of a step; it names no value. */
export interface ValueProblem {
  field: string;
  message: string;
}

/**
 * The values that a step takes, as it takes them; others are left out.
 *
 * @param index of the step in its template
 */
export function readStepValues(
  { name, parameters }: Pick<KnownStep, 'name' | 'parameters'>,
  given: Readonly<Record<string, unknown>>,
  index: number,
): { values: Record<string, Value>; problems: ValueProblem[] } {
  const values: Record<string, Value> = {};
  const problems: ValueProblem[] = [];
  for (const [parameter, rule] of Object.entries(parameters)) {
    if (!Object.hasOwn(given, parameter)) continue;
    const read = readValue(given[parameter], rule);
    if ('value' in read) values[parameter] = read.value;
    else problems.push(problemOf(index, parameter, `step ${name}: ${parameter} ${read.problem}`));
  }
  if (bytesOf(values) > MAX_STEP_VALUES_BYTES) {
    problems.push(problemOf(index, '', `step ${name}: its values are longer than ${MAX_STEP_VALUES_BYTES} bytes`));
  }
  return { values, problems };
}

/** A problem for each parameter of a step that has no value. */
export function missingValues(
  { name, parameters }: Pick<KnownStep, 'name' | 'parameters'>,
  values: Readonly<Record<string, Value>>,
  index: number,
): ValueProblem[] {
  return Object.keys(parameters)
    .filter((parameter) => !Object.hasOwn(values, parameter))
    .map((parameter) => problemOf(index, parameter, `step ${name}: ${parameter} has no value`));
}

function problemOf(index: number, parameter: string, message: string): ValueProblem {
  return { field: [`steps[${index}].values`, parameter].filter((part) => part !== '').join('.'), message };
}
