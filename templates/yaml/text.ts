import {
  Document,
  isNode,
  isScalar,
  type ParseOptions,
  parseAllDocuments,
  parseDocument,
  type Scalar,
  type SchemaOptions,
  type Tags,
  visit,
} from 'yaml';
import { GantryError } from '../../base/error';
import { infinityIn, NOT_FINITE, wholeNumber } from '../../base/json';
import { isDeeperThan } from '../../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../../pipeline/tree/limits';
import { markIds } from './ids';

/** YAML is slow to read: a million characters take seconds, in which nobody else is served. */
export const MAX_YAML_LENGTH = 1_000_000;
const MAX_DOCUMENTS = 1000;
const MAX_ALIASES = 1000;
/** A tree is a few levels down in its file. */
const MAX_TEXT_DEPTH = MAX_JSON_DEPTH + 10;

/**
 * Plain scalars of the standard's version 1.1 that Python's YAML, which bk-sops reads with, knows by other patterns: to it
 * `y` and `e2` are texts. (`1e+21` is one to it, too; here it is the number that JSON writes so.) What has no place in JSON
 * stays text.
 */
const AS_PYTHON = new Map<string, RegExp | 'text'>([
  ['^(?:Y|y|[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$', /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/],
  ['^(?:N|n|[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$', /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/],
  ['^[-+]?[0-9][0-9_]*$', /^[-+]?(?:0|[1-9][0-9_]*)$/],
  ['^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+$', /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/],
  [
    '^[-+]?(?:[0-9][0-9_]*)?(?:\\.[0-9_]*)?[eE][-+]?[0-9]+$',
    /^(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)[eE][-+][0-9]+$/,
  ],
  ['^[-+]?(?:[0-9][0-9_]*)?\\.[0-9_]*$', /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/],
  ['^(?:[-+]?\\.(?:inf|Inf|INF)|\\.nan|\\.NaN|\\.NAN)$', 'text'],
]);
const NOT_JSON = /:(timestamp|binary|omap|pairs|set)$/;

const PYTHON = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  intAsBigInt: true,
  customTags: (tags: Tags) =>
    tags.flatMap((tag): Tags => {
      if (typeof tag === 'string') return [tag];
      if (NOT_JSON.test(tag.tag)) return [];
      const test = 'test' in tag && tag.test ? AS_PYTHON.get(tag.test.source) : undefined;
      if (test === 'text') return [];
      return [test ? ({ ...tag, test } as typeof tag) : tag];
    }),
} satisfies ParseOptions & SchemaOptions & { version: '1.1' };

/** @throws GantryError `invalid` saying where the text is wrong, or that nothing can be done with it at its size or depth */
export function parseYaml(text: string): unknown {
  return reading(text, () => {
    const document = parseDocument(text, { uniqueKeys: false, intAsBigInt: true });
    if (document.errors.some(({ code }) => code === 'MULTIPLE_DOCS')) {
      throw new Error('there are several documents in it, of which none has schema_version: v1');
    }
    requireReadable(document, text);
    const value = valueIn(document);
    const place = infinityIn(value);
    if (place) throw new Error(`${place.join('.')}: ${NOT_FINITE}`);
    return value;
  });
}

/**
 * All documents of a stream, their ids marked where they are none (`ids.ts`); empty ones, as behind a last `---`, are left
 * out.
 *
 * @throws GantryError as `parseYaml`
 */
export function parseYamlStream(text: string): unknown[] {
  return reading(text, () => {
    const documents = [...(parseAllDocuments(text, PYTHON) as Document[])];
    if (documents.length > MAX_DOCUMENTS) throw new Error(`there are more than ${MAX_DOCUMENTS} documents in it`);
    for (const document of documents) {
      requireReadable(document, text);
      markIds(document);
    }
    return documents.map(valueIn).filter((value) => value !== null);
  });
}

/** With all digits of whole numbers, as JSON is read. */
function valueIn(document: Document): unknown {
  return document.toJS({ reviver: (_key, value) => (typeof value === 'bigint' ? wholeNumber(value) : value) });
}

/**
 * The library compares each key of a map with all before it, and looks for an alias's anchor among all others: so the first
 * is done here, and there are only so many of the second.
 *
 * @throws Error saying what is wrong
 */
function requireReadable(document: Document, text: string): void {
  if (document.errors[0]) throw document.errors[0];
  let aliases = 0;
  visit(document, {
    Alias(_key, alias, around) {
      const { source, range } = alias;
      const isWithin = around.some((node) => isNode(node) && 'anchor' in node && node.anchor === source);
      const meant = isWithin ? alias.resolve(document) : undefined;
      if (meant && around.some((node) => node === meant)) {
        const line = text.slice(0, range?.[0]).split('\n').length;
        throw new Error(`the anchor &${source} stands within itself: *${source} at line ${line}`);
      }
      aliases += 1;
      if (aliases > MAX_ALIASES) throw new Error(`there are more than ${MAX_ALIASES} aliases in it`);
    },
    Map(_key, { items }) {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        const value = isScalar(key) ? key.value : key;
        if (keys.has(value) && value !== '<<') throw new Error(`Map keys must be unique: "${value}" is there twice`);
        keys.add(value);
      }
    },
  });
}

function reading<T>(text: string, read: () => T): T {
  if (text.length > MAX_YAML_LENGTH) {
    throw invalid(`it is longer than ${MAX_YAML_LENGTH} characters: send JSON, or an export of another format`);
  }
  let value: T;
  try {
    value = read();
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (isDeeperThan(value, MAX_TEXT_DEPTH)) throw invalid(`it is deeper than ${MAX_TEXT_DEPTH} levels`);
  return value;
}

/** @throws GantryError `refused` when it is more than could be read back */
export function writeYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, { Scalar: (_key, node) => keepFloat(node) });
  return readable(document.toString({ lineWidth: 0 }));
}

/** Documents of a stream, with quotes around all that Python's YAML would take for something else. */
export function writeYamlStream(documents: readonly unknown[]): string {
  const texts = documents.map((one) => {
    const document = new Document(one, { aliasDuplicateObjects: false, version: '1.1', customTags: withoutMerge });
    visit(document, {
      Scalar(_key, node) {
        if (typeof node.value === 'string' && needsQuotes(node.value)) node.type = 'QUOTE_DOUBLE';
        keepFloat(node);
      },
    });
    // Without the line `%YAML 1.1` that the library puts before such documents.
    const text = document.toString({ lineWidth: 0 }).replace(/^%YAML 1\.1\n---\n/, '');
    return text.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  });
  return readable(texts.join('---\n'));
}

/** In plain digits a number that is no safe integer would be read as another one. */
function keepFloat(node: Scalar): void {
  if (Number.isInteger(node.value) && !Number.isSafeInteger(node.value)) node.format = 'EXP';
}

/** With it the library writes the text `<<` as the sign of a merge. */
function withoutMerge(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || !tag.tag.endsWith(':merge'));
}

/** Characters that Python's YAML takes for the end of a line, or for none. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** What the library would write plainly, and Python reads as something else. */
function needsQuotes(text: string): boolean {
  return text === '<<' || text === '=' || text.search(UNPRINTABLE) >= 0;
}

function readable(text: string): string {
  if (text.length <= MAX_YAML_LENGTH) return text;
  throw new GantryError(
    'refused',
    `as YAML it is longer than ${MAX_YAML_LENGTH} characters: export fewer templates, or as dat or json`,
  );
}

function invalid(message: string, cause?: unknown): GantryError {
  return new GantryError('invalid', `invalid YAML: ${message}`, { cause });
}
