import { wrongField } from '../../base/error';
import { stringifyJson } from '../../base/json';
import { type Declarations, NAME } from '../../hosts/parameters/declaration';
import { requireFew } from '../../inventory/ids';
import { MAX_PARAMETER_NAME_LENGTH, MAX_PARAMETERS } from '../limits';

const TYPES = ['string', 'integer'] as const;

/** What values of a parameter are (orion §3.6). */
export type ParameterType = (typeof TYPES)[number];

/** Types of parameters by their names. */
export type Parameters = Readonly<Record<string, ParameterType>>;

/**
 * The parameters that somebody declares.
 *
 * @param given types by name, in upper or lower case; absent: none
 * @param field that they are sent in
 * @throws GantryError `invalid` naming the first one that is wrong
 */
export function readParameters(given: unknown, field: string): Record<string, ParameterType> {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw wrongField(`${field} is no object of types by name`, { code: 'malformed', args: { field } });
  }
  const entries = Object.entries(given);
  requireFew(entries.length, { things: 'parameters', max: MAX_PARAMETERS, field });
  return Object.fromEntries(entries.map(([name, type]) => [readName(name, field), readType(type, `${field}.${name}`)]));
}

/** The same for whoever rewrites scripts. */
export function declarationsOf(parameters: Parameters): Declarations {
  return new Map(
    Object.entries(parameters).map(([name, type]) => [name, { type: type === 'integer' ? 'integer' : 'text' }]),
  );
}

function readName(name: string, field: string): string {
  // `__proto__` is one that JavaScript makes something else of.
  if (NAME.test(name) && name !== '__proto__' && name.length <= MAX_PARAMETER_NAME_LENGTH) return name;
  const message =
    `${field}: ${stringifyJson(name).slice(0, 100)} cannot be the name of a parameter: ` +
    `letters, digits and _ may be in it, ${MAX_PARAMETER_NAME_LENGTH} at most, and no digit at the front`;
  throw wrongField(message, { code: 'malformed', args: { field, wanted: 'pattern' } });
}

function readType(given: unknown, field: string): ParameterType {
  const lower = typeof given === 'string' ? given.trim().toLowerCase() : undefined;
  const type = TYPES.find((one) => one === lower);
  if (type) return type;
  const message = `${field} is ${stringifyJson(given ?? null).slice(0, 100)}: write ${TYPES.join(' or ')}`;
  throw wrongField(message, { code: 'malformed', args: { field, wanted: 'choice' } });
}

/**
 * The parameters of several actions that are done one after the other. What one of them has as an integer is one, whatever
 * the others say: a shell may reckon with it (orion §3.6).
 */
export function unionOf(several: readonly Parameters[]): Record<string, ParameterType> {
  const all: Record<string, ParameterType> = {};
  for (const [name, type] of several.flatMap((parameters) => Object.entries(parameters))) {
    if (all[name] !== 'integer') all[name] = type;
  }
  return all;
}
