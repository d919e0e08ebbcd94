import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  type ParseOptions,
  type SchemaOptions,
  type Tags,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** YAML is slow to read: a million characters take seconds, in which nobody else is served. */
export const MAX_YAML_LENGTH = 1_000_000;
const MAX_ALIASES = 1000;
/** Keys that maps have from others by `<<`, which are copied. */
const MAX_MERGED = 100_000;

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

/** How Python's YAML reads; whole numbers are bigints. */
export const PYTHON = {
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

/**
 * The library compares each key of a map with all before it, looks for an alias's anchor among all others, and copies what
 * is merged: so the first is done here, and there are only so many of the others.
 *
 * @throws Error saying what is wrong
 */
export function requireReadable(document: Document, text: string): void {
  if (document.errors[0]) throw document.errors[0];
  const merges = new Merges();
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
    Map(_key, map) {
      merges.remember(map);
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        const value = isScalar(key) ? key.value : key;
        if (keys.has(value) && value !== '<<') throw new Error(`Map keys must be unique: "${value}" is there twice`);
        keys.add(value);
      }
    },
    Seq: (_key, list) => merges.remember(list),
    Pair: (_key, pair) => merges.count(pair),
  });
}

/** How many keys `<<` copies in a document, seen from its beginning to its end. */
class Merges {
  readonly #anchors = new Map<string, unknown>();
  readonly #sizes = new Map<unknown, number>();
  #copied = 0;

  remember(node: YAMLMap | YAMLSeq): void {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
  }

  /** @throws Error when there are too many */
  count({ key, value }: Pair): void {
    if (!isMerge(key)) return;
    this.#copied += this.#sizeOf(value);
    if (this.#copied > MAX_MERGED) throw new Error(`"<<" brings more than ${MAX_MERGED} keys into its maps`);
  }

  /** The keys of a map, or of all maps of a list, with those that they have from others. */
  #sizeOf(node: unknown): number {
    const meant = isAlias(node) ? this.#anchors.get(node.source) : node;
    const known = this.#sizes.get(meant);
    if (known !== undefined) return known;
    // One that stands in itself is refused where its alias is seen.
    this.#sizes.set(meant, 0);
    let size = 0;
    if (isSeq(meant)) for (const item of meant.items) size += this.#sizeOf(item);
    if (isMap(meant)) for (const { key, value } of meant.items) size += isMerge(key) ? this.#sizeOf(value) : 1;
    this.#sizes.set(meant, size);
    return size;
  }
}

function isMerge(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}
