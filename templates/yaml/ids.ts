import { type Document, isAlias, isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { z } from 'zod';
import { isText } from '../../base/text';

/** Fields of a node that are ids, or lists of them. */
const OF_NODES = ['id', 'template_id', 'next', 'converge_gateway_id'];

const MAX_LENGTH = 200;
const QUOTE_IT = 'put it in quotes';

/** Stands for an id without quotes that is something else to YAML than what is written. */
class Misread {
  constructor(readonly message: string) {}
}

/**
 * Lets ids that would be others than they look (`1.0`, `010`, `2026-01-01`) be told by `id`: where they stand, and nowhere
 * else, their values are marked, in place. Only the document knows how a value was written.
 */
export function markIds(document: Document): void {
  const get = (parent: unknown, key: string) => {
    const at = resolved(parent);
    return isMap(at) ? resolved(at.get(key, true)) : undefined;
  };
  const resolved = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  const nodes = get(get(document.contents, 'spec'), 'nodes');
  const ids = [
    get(get(document.contents, 'meta'), 'id'),
    ...(isSeq(nodes) ? nodes.items : []).flatMap((node) => OF_NODES.map((field) => get(node, field))),
  ];
  for (const found of ids) {
    for (const one of isSeq(found) ? found.items.map(resolved) : [found]) if (isScalar(one)) mark(one);
  }
}

function mark(scalar: Scalar): void {
  const { source, type, value } = scalar;
  if (type !== 'PLAIN' || source === undefined) return;
  if (typeof value === 'string' && DATE.test(source)) scalar.value = new Misread(`${source} is a date: ${QUOTE_IT}`);
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  if (isNumber && String(value) !== source) {
    scalar.value = new Misread(`${source} is the number ${value}: ${QUOTE_IT}`);
  }
}

/** As Python's YAML knows dates. */
const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d\d:\d\d.*)?$/;

/** An id of a document, a node or a template: a text. Whole numbers stand without quotes in many files that people write. */
export const id = z.unknown().transform((value, context): string => {
  const problem = problemOf(value);
  if (problem === undefined) return String(value);
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
});

function problemOf(value: unknown): string | undefined {
  if (value instanceof Misread) return value.message;
  switch (typeof value) {
    case 'string':
      if (!isText(value)) return 'holds characters that are no text';
      if (value === '' || value === '__proto__') return 'is no id';
      return value.length > MAX_LENGTH ? `is no id: it is longer than ${MAX_LENGTH} characters` : undefined;
    case 'number':
      return Number.isSafeInteger(value) ? undefined : `${value} is a number: ${QUOTE_IT}`;
    case 'bigint':
      return `${value} is a number beyond 2^53: ${QUOTE_IT}`;
    case 'boolean':
      return `is ${value}, true or false, and no id: ${QUOTE_IT}`;
    case 'undefined':
      return 'is missing';
    default:
      return value === null ? 'is empty' : 'is no id: it has to be a text';
  }
}
