import { GantryError } from '../../base/error';
import { parseJson, stringifyJson } from '../../base/json';
import type { BundledTemplate } from '../bundle';
import { templatesIn } from './read';
import { documentsOf } from './write';

/** The trees of a bundle, by key, as they are read of the documents that it is written as; none where it cannot be. */
export function throughFlows(bundle: readonly BundledTemplate[]): ReadonlyMap<string, unknown> {
  try {
    const { documents } = documentsOf(bundle);
    const templates = templatesIn(parseJson(stringifyJson(documents)) as unknown[]);
    return new Map(templates.map(({ key, tree }) => [key, tree]));
  } catch (error) {
    if (error instanceof GantryError) return new Map();
    throw error;
  }
}
