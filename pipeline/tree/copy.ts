/** A key that would set the prototype of the copy instead of a property. */
const UNSAFE_KEY = '__proto__';

/**
 * A deep copy of a JSON value that drops keys called `__proto__`. Works level by level, so that no depth exhausts the stack.
 */
export function deepCopy(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const root = emptyLike(input);
  const queue: { from: object; to: Record<string, unknown> }[] = [{ from: input, to: root }];
  for (let pair = queue.pop(); pair; pair = queue.pop()) {
    for (const [key, value] of Object.entries(pair.from)) {
      if (key === UNSAFE_KEY) continue;
      if (typeof value === 'object' && value !== null) {
        const copy = emptyLike(value);
        pair.to[key] = copy;
        queue.push({ from: value, to: copy });
      } else {
        pair.to[key] = value;
      }
    }
  }
  return root;
}

function emptyLike(value: object): Record<string, unknown> {
  // An array takes properties by index like any object.
  return (Array.isArray(value) ? [] : {}) as Record<string, unknown>;
}
