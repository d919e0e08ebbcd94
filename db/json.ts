import { stringifyJson } from '../base/json';

/**
 * A value as JSON text that Postgres takes: NUL and halves of surrogate pairs, which no Postgres text can hold, become
 * the replacement character. They come from outside at any time: answers of servers, data of callbacks.
 */
export function toJsonText(value: unknown): string {
  const text = stringifyJson(value);
  if (!text.includes('\\u')) return text;
  // Escapes are taken one by one, so that an escaped backslash before a "u" is not misread. Whole pairs are not escaped.
  return text.replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (sequence) =>
    sequence.length === 6 ? '\ufffd' : sequence,
  );
}
