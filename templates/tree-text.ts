import { parse, stringify } from 'yaml';
import { parseJson, stringifyJson, wholeNumber } from '../base/json';
import { isDeeperThan } from '../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../pipeline/tree/limits';
import { GantryError } from '../tasks/error';

export type TextFormat = 'json' | 'yaml';

/** A tree is a few levels down in its file. */
const MAX_TEXT_DEPTH = MAX_JSON_DEPTH + 10;

/**
 * A tree as clients send it with a template: an object, JSON text, or YAML text.
 *
 * @throws GantryError `invalid` in the words of spec 7.5
 */
export function readTree(input: unknown, format: TextFormat): unknown {
  if (input === undefined || input === null || input === '') throw invalid('pipeline_tree is required');
  if (format === 'yaml') {
    if (typeof input !== 'string') throw invalid('pipeline_tree must be a YAML string when format=yaml');
    return readText(input, 'yaml');
  }
  if (typeof input !== 'string') return input;
  try {
    return parseJson(input);
  } catch (cause) {
    throw invalid('pipeline_tree is not a valid JSON string', cause);
  }
}

/** @throws GantryError `invalid` saying where the text is wrong, or that nothing can be done with it at its depth */
export function readText(text: string, format: TextFormat): unknown {
  const name = format.toUpperCase();
  let value: unknown;
  try {
    value = format === 'yaml' ? parseYaml(text) : parseJson(text);
  } catch (cause) {
    throw invalid(`invalid ${name}: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  if (isDeeperThan(value, MAX_TEXT_DEPTH)) throw invalid(`invalid ${name}: it is deeper than ${MAX_TEXT_DEPTH} levels`);
  return value;
}

/** With all digits of whole numbers, as JSON is read. */
function parseYaml(text: string): unknown {
  const reviver = (_key: unknown, value: unknown) => (typeof value === 'bigint' ? wholeNumber(value) : value);
  return parse(text, reviver, { intAsBigInt: true });
}

/**
 * A JSON value as text that people can read and change.
 *
 * @throws GantryError `refused` when the value is too deep to be written like that
 */
export function writeText(value: unknown, format: TextFormat): string {
  try {
    if (format === 'json') return stringifyJson(value, 2);
    return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new GantryError('refused', `the tree is nested too deep for ${format.toUpperCase()}`, { cause });
  }
}

function invalid(message: string, cause?: unknown): GantryError {
  return new GantryError('invalid', message, { cause });
}
