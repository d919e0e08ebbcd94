import { stringifyJson } from '../base/json';

/** How texts are written: as Python's `json` or its `ujson` do by default. */
export interface JsonStyle {
  itemSeparator: string;
  keySeparator: string;
  escapesSlashes: boolean;
}

export const PYTHON: JsonStyle = { itemSeparator: ', ', keySeparator: ': ', escapesSlashes: false };
export const UJSON: JsonStyle = { itemSeparator: ',', keySeparator: ':', escapesSlashes: true };

/**
 * A JSON value as text that only depends on the value: keys sorted, only ASCII.
 *
 * @example sortedJson({ b: 1, a: ['é'] }) // '{"a": ["\\u00e9"], "b": 1}'
 */
export function sortedJson(value: unknown, style: JsonStyle = PYTHON): string {
  if (Array.isArray(value)) return `[${value.map((item) => sortedJson(item, style)).join(style.itemSeparator)}]`;
  if (typeof value !== 'object' || value === null) return scalar(value, style);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const items = entries
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, item]) => `${scalar(key, style)}${style.keySeparator}${sortedJson(item, style)}`);
  return `{${items.join(style.itemSeparator)}}`;
}

function scalar(value: unknown, { escapesSlashes }: JsonStyle): string {
  const text = stringifyJson(value) ?? 'null';
  const ascii = text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return escapesSlashes ? ascii.replaceAll('/', '\\/') : ascii;
}
