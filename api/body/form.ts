/** Whether a body is a form. curl -d says so of JSON too. */
export function isForm(contentType: string | undefined, text: string): boolean {
  if (!contentType?.startsWith('application/x-www-form-urlencoded')) return false;
  return !/^\s*[{[]/.test(text);
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
