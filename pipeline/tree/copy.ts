/** A key that would set the prototype of the copy instead of a property. */
const UNSAFE_KEY = '__proto__';

/**
 * A deep copy of a JSON value that drops keys called `__proto__`. Works level by level, so that no depth exhausts the stack.
 */
export function deepCopy(input: unknown): unknown {
  const arrays: [from: unknown[], to: unknown[]][] = [];
  const objects: [from: Record<string, unknown>, to: Record<string, unknown>][] = [];
  function copyOf(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return pushed(arrays, [value, []]);
    return pushed(objects, [value as Record<string, unknown>, {}]);
  }
  const root = copyOf(input);
  while (objects.length > 0 || arrays.length > 0) {
    for (let pair = objects.pop(); pair; pair = objects.pop()) {
      const [from, to] = pair;
      for (const key of Object.keys(from)) if (key !== UNSAFE_KEY) to[key] = copyOf(from[key]);
    }
    for (let pair = arrays.pop(); pair; pair = arrays.pop()) {
      const [from, to] = pair;
      for (const item of from) to.push(copyOf(item));
    }
  }
  return root;
}

/** The copy, which is filled later. */
function pushed<T>(queue: [T, T][], pair: [T, T]): T {
  queue.push(pair);
  return pair[1];
}
