import { wrongField } from '../../base/error';
import { isText, shortened } from '../../base/text';
import { requireUnsealed } from '../../base/unsealed';
import { requireFew } from '../../inventory/ids';
import {
  MAX_PARAMETER_NAME_LENGTH,
  MAX_PARAMETERS,
  MAX_RETRIES,
  MAX_STEPS,
  MAX_TEMPLATE_VALUES_BYTES,
} from '../limits';
import { bytesOf } from '../parameters/values';

/** A step of a template as it is given. */
export interface TemplateStep {
  /** Of a built-in step or a remote step. */
  name: string;
  /** Of parameters, by name. */
  values: Record<string, unknown>;
  /** How often what has failed is tried again, 5 seconds apart. */
  retryTimes: number;
  /** Whether hosts on which it has failed go on. */
  ignoreError: boolean;
}

/** A step as it is given, unchecked. */
export interface GivenStep {
  name: unknown;
  values: unknown;
  retryTimes: unknown;
  ignoreError: unknown;
}

/**
 * Steps of a template, checked by themselves: what they are called and take is for whoever knows the project.
 *
 * @throws GantryError `invalid` naming the field
 */
export function readSteps(given: readonly GivenStep[]): TemplateStep[] {
  requireFew(given.length, { things: 'steps', max: MAX_STEPS, field: 'steps' });
  const steps = given.map(readStep);
  const bytes = steps.reduce((sum, { values }) => sum + bytesOf(values), 0);
  if (bytes <= MAX_TEMPLATE_VALUES_BYTES) return steps;
  const message = `the values of all steps are ${bytes} bytes long, and ${MAX_TEMPLATE_VALUES_BYTES} is the limit`;
  throw wrongField(message, { code: 'too_long', args: { field: 'steps', max: MAX_TEMPLATE_VALUES_BYTES } });
}

function readStep({ name, values, retryTimes, ignoreError }: GivenStep, index: number): TemplateStep {
  const at = `steps[${index}]`;
  if (typeof name !== 'string' || !isText(name)) {
    throw wrongField(`${at}.name is no text`, { code: 'malformed', args: { field: `${at}.name`, wanted: 'text' } });
  }
  return {
    name: shortened(name, 1_000),
    values: readValues(values, `${at}.values`),
    retryTimes: readRetries(retryTimes, `${at}.retry_times`),
    ignoreError: readFlag(ignoreError, `${at}.ignore_error`),
  };
}

function readValues(given: unknown, field: string): Record<string, unknown> {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw wrongField(`${field} is no object of values by name`, { code: 'malformed', args: { field } });
  }
  requireUnsealed(given, field);
  const entries = Object.entries(given);
  requireFew(entries.length, { things: 'values', max: MAX_PARAMETERS, field });
  for (const [name, value] of entries) requireValue(name, value, field);
  // Null says nothing.
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function requireValue(name: string, value: unknown, field: string): void {
  if (name === '__proto__' || !isText(name) || name.length > MAX_PARAMETER_NAME_LENGTH) {
    const message = `${field}: ${shortened(name, 100)} cannot be the name of a parameter`;
    throw wrongField(message, { code: 'malformed', args: { field, wanted: 'pattern' } });
  }
  if (value === null || typeof value !== 'object') return;
  throw wrongField(`${field}.${name} is neither a text nor a number`, { code: 'malformed', args: { field } });
}

function readRetries(given: unknown, field: string): number {
  if (given === undefined || given === null || given === '') return 0;
  const times = typeof given === 'string' && /^\d{1,9}$/.test(given.trim()) ? Number(given) : given;
  if (typeof times !== 'number' || !Number.isInteger(times)) {
    throw wrongField(`${field} is no whole number`, { code: 'malformed', args: { field, wanted: 'integer' } });
  }
  if (times >= 0 && times <= MAX_RETRIES) return times;
  const message = `${field} is ${times}: from 0 to ${MAX_RETRIES} may be`;
  throw wrongField(message, { code: 'out_of_range', args: { field, min: 0, max: MAX_RETRIES } });
}

function readFlag(given: unknown, field: string): boolean {
  if (given === undefined || given === null || given === '') return false;
  if (typeof given === 'boolean') return given;
  if (given === 0 || given === '0' || given === 'false') return false;
  if (given === 1 || given === '1' || given === 'true') return true;
  throw wrongField(`${field} is neither true nor false`, { code: 'malformed', args: { field, wanted: 'boolean' } });
}
