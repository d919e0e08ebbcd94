/**
 * What CMDB's conditions mean, said once more in the plainest way, over documents as clients see them: for tests that
 * compare. It shares nothing with the search.
 */

export type Document = Record<string, unknown>;

/** Types of the properties that tests use; what is not here no document has. */
export type Types = Readonly<Record<string, 'text' | 'integer' | 'boolean' | 'time' | 'texts'>>;

export interface Naive {
  types: Types;
  /** What conditions are not heard about. */
  ignored: readonly string[];
  /** Where a plain text is a part. */
  parts: readonly string[];
}

export function naiveMatch(naive: Naive, condition: unknown, document: Document): boolean {
  return Object.entries(condition as Document).every(([key, operand]) => {
    if (key === '$and') return (operand as unknown[]).every((part) => naiveMatch(naive, part, document));
    if (key === '$or') return (operand as unknown[]).some((part) => naiveMatch(naive, part, document));
    if (key === '$not') return !naiveMatch(naive, operand, document);
    if (naive.ignored.includes(key)) return true;
    return fieldMatches(naive, key, operand, document);
  });
}

function fieldMatches(naive: Naive, key: string, operand: unknown, document: Document): boolean {
  const type = typeOf(naive.types, key);
  const candidates = type === undefined ? [] : type === 'texts' ? (document[key] as unknown[]) : [document[key]];
  const isThere = candidates.length > 0;
  if (typeof operand !== 'object' || operand === null) {
    if (naive.parts.includes(key)) return candidates.some((value) => String(value).includes(String(operand)));
    return isEqual(operand);
  }
  const operators = operand as Document;
  return Object.entries(operators).every(([operator, value]) => {
    switch (operator) {
      case '$eq':
        return isEqual(value);
      case '$ne':
        return !isEqual(value);
      case '$in':
        return (value as unknown[]).some(isEqual);
      case '$nin':
        return !(value as unknown[]).some(isEqual);
      case '$exists':
        return isThere === value;
      case '$not':
        return !fieldMatches(naive, key, value, document);
      case '$regex': {
        const regex = new RegExp(value as string, `u${operators.$options ?? ''}`);
        return candidates.some((one) => typeof one === 'string' && type !== 'time' && regex.test(one));
      }
      case '$options':
        return true;
      default:
        return candidates.some((one) => {
          const order = naiveOrder(type, one, value);
          if (order === undefined) return false;
          if (operator === '$lt') return order < 0;
          if (operator === '$lte') return order <= 0;
          return operator === '$gt' ? order > 0 : order >= 0;
        });
    }
  });

  function isEqual(wanted: unknown): boolean {
    if (wanted === null) return !isThere || candidates.includes(null);
    return candidates.some((one) => naiveOrder(type, one, wanted) === 0);
  }
}

function typeOf(types: Types, name: string): Types[string] | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

/** Below, at or above 0; undefined where the two say nothing to each other. */
function naiveOrder(type: Types[string] | undefined, stored: unknown, wanted: unknown): number | undefined {
  if (stored === null || wanted === null || wanted === undefined) return undefined;
  if (type === 'text' || type === 'texts') {
    if (typeof wanted === 'boolean') return undefined;
    return Buffer.compare(Buffer.from(String(stored)), Buffer.from(String(wanted)));
  }
  if (type === 'boolean') {
    if (wanted !== true && wanted !== false && wanted !== 'true' && wanted !== 'false') return undefined;
    return Number(stored) - (String(wanted) === 'true' ? 1 : 0);
  }
  if (type === 'integer') {
    if (typeof wanted === 'boolean' || String(wanted).trim() !== String(wanted) || wanted === '') return undefined;
    const number = Number(wanted);
    return Number.isNaN(number) ? undefined : Number(stored) - number;
  }
  const time = typeof wanted === 'string' && wanted.includes('T') ? Date.parse(wanted) : Number.NaN;
  return Number.isNaN(time) ? undefined : Date.parse(stored as string) - time;
}

/** Documents in the order of `sort`, `-a,b`: null first, unknown fields unheard, then by id. */
export function naiveSort(types: Types, id: string, sort: string, documents: readonly Document[]): Document[] {
  const keys = sort
    .split(',')
    .map((part) => ({ name: part.replace(/^[+-]/, ''), sign: part.startsWith('-') ? -1 : 1 }));
  const known = keys.filter(({ name }) => !['texts', undefined].includes(typeOf(types, name)));
  return [...documents].sort((a, b) => {
    for (const { name, sign } of [...known, { name: id, sign: 1 }]) {
      const [first, second] = [a[name], b[name]];
      if (first === null && second === null) continue;
      if (first === null || second === null) return first === null ? -sign : sign;
      const order = naiveOrder(types[name], first, types[name] === 'boolean' ? second === true : second)!;
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}
