/**
 * Where a text stands that a test holds for: `constants.${pw}.value`; undefined when that is nowhere.
 *
 * @param name what the value itself is called
 * @param names whether the names in objects are texts too
 */
export function findText(
  root: unknown,
  test: (text: string) => boolean,
  name = '',
  { names = true }: { names?: boolean } = {},
): string | undefined {
  // The way to each text costs more than to look at it: it is wanted for what is refused alone.
  return hasText(root, test, names) ? pathOfText(root, test, name, names) : undefined;
}

/** Each object is looked at once: a plugin may give back a value that is in itself. */
function hasText(root: unknown, test: (text: string) => boolean, names: boolean): boolean {
  const open = [root];
  const seen = new Set<object>();
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      if (test(value)) return true;
    } else if (typeof value === 'object' && value !== null) {
      if (seen.has(value)) continue;
      seen.add(value);
      if (Array.isArray(value)) {
        for (const item of value) open.push(item);
        continue;
      }
      for (const [key, item] of Object.entries(value)) {
        if (names && test(key)) return true;
        open.push(item);
      }
    }
  }
  return false;
}

function pathOfText(root: unknown, test: (text: string) => boolean, name: string, names: boolean): string | undefined {
  const open: [value: unknown, path: string][] = [[root, name]];
  const seen = new Set<object>();
  for (let entry = open.pop(); entry; entry = open.pop()) {
    const [value, path] = entry;
    if (typeof value === 'string') {
      if (test(value)) return path;
    } else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      const entries = Object.entries(value);
      if (names && !Array.isArray(value) && entries.some(([key]) => test(key))) return `a name in ${path}`;
      for (const [key, item] of entries.reverse()) open.push([item, path === '' ? key : `${path}.${key}`]);
    }
  }
  return undefined;
}
