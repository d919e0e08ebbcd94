import type { JsonObject } from '../json';
import { isJsonObject } from '../json';
import type { Constant } from '../tree/types';
import type { Definition } from './type';

/** What only a definition has: a chosen value is text, a list or a number. */
const DEFINITION_FIELDS = ['datasource', 'items_text', 'columns', 'default', 'default_text'];

/**
 * Definition and chosen value of a constant (bk-sops §4.4, §4.7). The definition of a meta constant stands in `meta`
 * once a value was chosen, before that in `value`: what is chosen is then its default.
 */
export function definitionOf({ value = '', meta, is_meta, source_tag }: Constant): Definition {
  // Templates of before all fields were checked may have anything there.
  const isMeta = is_meta === true || (typeof source_tag === 'string' && source_tag.endsWith('_meta'));
  if (isMeta && isDefinition(value)) return { value: defaultOf(value), meta: value };
  const defined = isJsonObject(meta) ? meta.value : undefined;
  if (!isDefinition(defined)) return { value };
  return { value: value === '' && isMeta ? defaultOf(defined) : value, meta: defined };
}

function isDefinition(value: unknown): value is JsonObject {
  return isJsonObject(value) && DEFINITION_FIELDS.some((field) => Object.hasOwn(value, field));
}

/** A table's default is rows, or the JSON text of rows. */
function defaultOf(definition: JsonObject) {
  return definition.default ?? definition.default_text ?? '';
}
