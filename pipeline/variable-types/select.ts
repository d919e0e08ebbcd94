import { parseJson } from '../../base/json';
import { isJsonObject, type Json, type JsonObject } from '../json';
import type { Meter } from '../language/python/limits';
import { pythonStr } from '../language/python/value-text';
import type { Definition, VariableType } from './type';

/** `select`: the chosen value; several are joined by commas (bk-sops §4.7). */
export const select: VariableType = {
  resolve: (value, _clock, meter) => (Array.isArray(value) ? joined(value, meter) : value),
};

/** Datasource of items that were fetched from somewhere: what was fetched is recorded in `remote_data`. */
const REMOTE = '1';
const MULTIPLE = '1';

/**
 * `text_value_select`: a dict of the texts and values that were chosen and that were not, each joined by commas. It is
 * stored as `{meta_data, info_value}`: the items and what was chosen (bk-sops §4.7).
 */
export const textValueSelect: VariableType = {
  define({ value, meta }: Definition): Json {
    if (!meta) return value;
    const items = meta.datasource === REMOTE ? meta.remote_data : meta.items_text;
    return { meta_data: items ?? '', info_value: chosenOf(value, String(meta.type ?? '') === MULTIPLE) };
  },

  resolve(value, _clock, meter) {
    if (!isJsonObject(value)) throw new Error('text_value_select has no items: its definition is missing');
    const items = itemsOf(value.meta_data).map((item) => ({
      value: textOf(item.value, meter),
      text: textOf(item.text, meter),
    }));
    const chosen = infoValues(value.info_value ?? '', meter).map((one) => pythonStr(one, meter));
    meter.charge(chosen.length * items.length * COMPARED);
    const texts = chosen.flatMap((one) => items.filter((item) => item.value === one).map(({ text }) => text));
    const known = new Set(chosen);
    const others = items.filter((item) => !known.has(item.value));
    return {
      value: chosen.join(','),
      text: texts.filter(Boolean).join(','),
      text_not_selected: others.map(({ text }) => text).join(','),
      value_not_selected: others.map((item) => item.value).join(','),
    };
  },
};

/** Units of work to compare an item with what was chosen. */
const COMPARED = 2;

/** The form keeps the default of a multiple select as text with commas. */
function chosenOf(value: Json, isMultiple: boolean): Json {
  return isMultiple && typeof value === 'string' && !value.includes('${') ? value.split(',').filter(Boolean) : value;
}

/** A subprocess may be given the whole dict of the parent's constant: its values are chosen. */
function infoValues(value: Json, meter: Meter): Json[] {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return [value];
  return textOf(value.value, meter)
    .split(',')
    .filter((one) => one !== '');
}

function itemsOf(data: Json | undefined): JsonObject[] {
  let items: unknown = data;
  if (typeof data === 'string') {
    try {
      items = parseJson(data);
    } catch (cause) {
      throw new Error('the items of a text_value_select are not JSON', { cause });
    }
  }
  if (Array.isArray(items) && items.every(isJsonObject)) return items;
  throw new Error('the items of a text_value_select are not a list of {text, value}');
}

function joined(values: Json[], meter: Meter): string {
  return values.map((value) => pythonStr(value, meter)).join(',');
}

function textOf(value: Json | undefined, meter: Meter): string {
  return value === undefined || value === null ? '' : pythonStr(value, meter);
}
