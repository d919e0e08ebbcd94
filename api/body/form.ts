import type { Body } from '../family';

/** Whether a body is a form. curl -d says so of JSON too. */
export function isForm(contentType: string | undefined, text: string): boolean {
  if (!contentType?.startsWith('application/x-www-form-urlencoded')) return false;
  return !/^\s*[{[]/.test(text);
}

/** Whether a body is a form in parts, as `curl -F` sends it, which is not read. */
export function isMultipart(contentType: string | undefined, text: string): boolean {
  return /^\s*multipart\//i.test(contentType ?? '') && !/^\s*[{[]/.test(text);
}

export const NOT_MULTIPART =
  'multipart/form-data is not read: send a JSON object, or a form as application/x-www-form-urlencoded';

/** The values of the names that come more than once, of lists of values by name. */
export function repeatedIn(lists: Iterable<readonly [string, readonly string[]]>): Map<string, readonly string[]> {
  return new Map([...lists].filter(([, values]) => values.length > 1));
}

/** All fields of a form; of one that comes twice the last counts, unless a list is wanted. */
export function readForm(text: string): Body {
  const lists = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const values = lists.get(name);
    if (values) values.push(value);
    else lists.set(name, [value]);
  }
  const fields = Object.fromEntries([...lists].map(([name, values]) => [name, values.at(-1)]));
  return { fields, isForm: true, repeated: repeatedIn(lists) };
}

/** Some fields of a form, or of its beginning, without reading the others; of one that comes twice the last counts. */
export function formFields(text: string, names: readonly string[], { isCut }: { isCut: boolean }) {
  const wanted = new Set(names);
  const longest = Math.max(...names.map((name) => name.length)) * 3;
  const fields: Record<string, string> = {};
  const end = isCut ? text.lastIndexOf('&') : text.length;
  for (let at = 0; at < end; ) {
    const next = text.indexOf('&', at);
    const stop = next < 0 ? end : next;
    const field = text.slice(at, stop);
    // Percent signs make a name at most three times as long.
    if (field.slice(0, longest + 1).includes('=')) {
      for (const [name, value] of new URLSearchParams(field)) {
        if (wanted.has(name)) fields[name] = value;
      }
    }
    at = stop + 1;
  }
  return fields;
}
