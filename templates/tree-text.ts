import { GantryError } from '../base/error';
import { NOT_FINITE, overflowIn, parseJson, stringifyJson } from '../base/json';
import { isDeeperThan } from '../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../pipeline/tree/limits';
import type { UncheckedTemplate } from './bundle';
import { readFlows } from './yaml/read';
import { parseYaml, writeYaml } from './yaml/text';

export type TextFormat = 'json' | 'yaml';

/** A tree is a few levels down in its file. */
const MAX_TEXT_DEPTH = MAX_JSON_DEPTH + 10;

/** What clients send as a template: its tree, and what a YAML document of bk-sops says besides. */
export interface SentTree {
  tree: unknown;
  name?: string;
  description?: string;
}

/**
 * A tree as clients send it with a template: an object, JSON text, or YAML text, of a tree or of bk-sops' own form.
 *
 * @throws GantryError `invalid` in the words of bk-sops §7.5
 */
export function readTree(input: unknown, format: TextFormat): SentTree {
  if (input === undefined || input === null || input === '') throw invalid('pipeline_tree is required');
  if (format === 'yaml') {
    if (typeof input !== 'string') throw invalid('pipeline_tree must be a YAML string when format=yaml');
    const flows = readFlows(input);
    return flows ? onlyOne(flows) : { tree: readText(input, 'yaml') };
  }
  if (typeof input !== 'string') return { tree: input };
  let tree: unknown;
  try {
    tree = parseJson(input);
  } catch (cause) {
    throw invalid('pipeline_tree is not a valid JSON string', cause);
  }
  const place = overflowIn(input, tree);
  if (place) throw invalid(`${['pipeline_tree', ...place].join('.')}: ${NOT_FINITE}`);
  return { tree };
}

function onlyOne([flow, ...others]: readonly UncheckedTemplate[]): SentTree {
  if (!flow || others.length > 0) {
    throw invalid(`there are ${others.length + 1} templates in the YAML: import_project_template takes several`);
  }
  const { name, description } = flow.settings;
  return { tree: flow.tree, name, ...(description === undefined ? {} : { description }) };
}

/** @throws GantryError `invalid` saying where the text is wrong, or that nothing can be done with it at its depth */
export function readText(text: string, format: TextFormat): unknown {
  if (format === 'yaml') return parseYaml(text);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw invalid(`invalid JSON: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  if (isDeeperThan(value, MAX_TEXT_DEPTH)) throw invalid(`invalid JSON: it is deeper than ${MAX_TEXT_DEPTH} levels`);
  const place = overflowIn(text, value);
  if (place) throw invalid(`template data cannot be parsed: ${place.join('.')}: ${NOT_FINITE}`);
  return value;
}

/**
 * A JSON value as text that people can read and change.
 *
 * @throws GantryError `refused` when the value is too deep to be written like that
 */
export function writeText(value: unknown, format: TextFormat): string {
  try {
    if (format === 'json') return stringifyJson(value, 2);
    return writeYaml(value);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new GantryError('refused', `the tree is nested too deep for ${format.toUpperCase()}`, { cause });
  }
}

function invalid(message: string, cause?: unknown): GantryError {
  return new GantryError('invalid', message, { cause });
}
