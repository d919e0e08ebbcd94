import { Document, parseAllDocuments, parseDocument, type Scalar, type Tags, visit } from 'yaml';
import { GantryError } from '../../base/error';
import { infinityIn, NOT_FINITE, wholeNumber } from '../../base/json';
import { MAX_YAML_LENGTH, PYTHON, requireReadable } from '../../base/yaml';
import { isDeeperThan } from '../../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../../pipeline/tree/limits';
import { markIds } from './ids';

const MAX_DOCUMENTS = 1000;
/** A tree is a few levels down in its file. */
const MAX_TEXT_DEPTH = MAX_JSON_DEPTH + 10;

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
