import { isJsonObject } from '../json';

const MAX_DEPTH = 3;
const MAX_LENGTH = 200;

/** A value as upstream's messages print it (Python's repr), cut to a readable length. */
export function repr(value: unknown): string {
  const text = show(value, 0);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

function show(value: unknown, depth: number): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quote(value);
  if (depth === MAX_DEPTH) return '…';
  // No more items than can be shown: a huge value must not cost time only to be cut off.
  if (Array.isArray(value))
    return `[${value
      .slice(0, MAX_LENGTH)
      .map((item) => show(item, depth + 1))
      .join(', ')}]`;
  if (!isJsonObject(value)) return String(value);
  const entries = Object.entries(value).slice(0, MAX_LENGTH);
  return `{${entries.map(([key, item]) => `${quote(key)}: ${show(item, depth + 1)}`).join(', ')}}`;
}

function quote(text: string): string {
  const cut = text
    .slice(0, MAX_LENGTH + 1)
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n');
  return cut.includes("'") && !cut.includes('"') ? `"${cut}"` : `'${cut.replaceAll("'", "\\'")}'`;
}
