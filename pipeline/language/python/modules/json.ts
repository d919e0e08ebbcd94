import { asNumber, compareText } from '../compare';
import { entriesOf, isDict } from '../dicts';
import { limitError, typeError, valueError } from '../errors';
import { type BoundArguments, type Implementation, moduleOf, type Run } from '../functions';
import { MAX_VALUE_DEPTH, type Meter } from '../limits';
import { decodeBytes } from '../methods/bytes';
import { numberText, parseInteger } from '../number-text';
import { makeFloat, numberCost, requireInt } from '../numbers';
import { truthy } from '../truth';
import { textOf } from '../value-text';
import { PyBytes, PyDict, PyTuple, type PyValue, typeName } from '../values';

interface Layout {
  ascii: boolean;
  sort: boolean;
  /** One level of indentation; undefined: all on one line. */
  indent: string | undefined;
  itemSeparator: string;
  keySeparator: string;
}

function layoutOf(args: BoundArguments, meter: Meter): Layout {
  const keyword = (name: string): PyValue | undefined => args.keywords.get(name);
  const known = ['ensure_ascii', 'sort_keys', 'indent', 'separators', 'skipkeys', 'allow_nan', 'check_circular', 'obj'];
  for (const name of args.keywords.keys()) if (!known.includes(name)) throw typeError(`dumps() does not know ${name}`);
  const indent = keyword('indent') ?? null;
  const separators = keyword('separators') ?? null;
  const items = separators instanceof PyTuple ? separators.items : Array.isArray(separators) ? separators : undefined;
  if (separators !== null && items?.length !== 2) throw typeError('separators must be a pair');
  return {
    ascii: truthy(keyword('ensure_ascii') ?? true),
    sort: truthy(keyword('sort_keys') ?? false),
    indent: indent === null ? undefined : indentText(indent),
    itemSeparator: items ? textOf(items[0]!, meter) : indent === null ? ', ' : ',',
    keySeparator: items ? textOf(items[1]!, meter) : ': ',
  };
}

function indentText(indent: PyValue): string {
  if (typeof indent === 'string') return indent;
  const width = Math.max(0, requireInt(indent, 'indent'));
  if (width > 100) throw limitError(`an indent of ${width}, over the limit of 100`);
  return ' '.repeat(width);
}

function dumps(args: BoundArguments, run: Run): PyValue {
  const value = args.positional.length > 0 ? args.positional[0] : args.keywords.get('obj');
  if (value === undefined || args.positional.length > 1) throw typeError('dumps() takes one positional argument');
  return dump(value, layoutOf(args, run.meter), 0, run);
}

function dump(value: PyValue, layout: Layout, depth: number, run: Run): string {
  if (depth > MAX_VALUE_DEPTH) throw limitError(`a value of more than the limit of ${MAX_VALUE_DEPTH} levels`);
  run.meter.items(1);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') return quoteJson(value, layout, run);
  const number = asNumber(value);
  if (number !== undefined) {
    run.meter.charge(numberCost(number));
    return numberJson(numberText(number));
  }
  const items = Array.isArray(value) ? value : value instanceof PyTuple ? value.items : undefined;
  if (items)
    return enclose(
      '[',
      ']',
      items.map((item) => dump(item, layout, depth + 1, run)),
      layout,
      depth,
      run.meter,
    );
  if (!isDict(value)) throw typeError(`Object of type ${typeName(value)} is not JSON serializable`);
  const entries = entriesOf(value, run.meter).map(([key, item]): [string, PyValue] => [keyText(key), item]);
  if (layout.sort) {
    run.meter.sort(entries.length);
    entries.sort(([a], [b]) => {
      run.meter.scan(Math.min(a.length, b.length));
      return compareText(a, b);
    });
  }
  const lines = entries.map(
    ([key, item]) => `${quoteJson(key, layout, run)}${layout.keySeparator}${dump(item, layout, depth + 1, run)}`,
  );
  return enclose('{', '}', lines, layout, depth, run.meter);
}

const SPECIAL_NUMBERS: Record<string, string> = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' };

function numberJson(text: string): string {
  return SPECIAL_NUMBERS[text] ?? text;
}

function keyText(key: PyValue): string {
  if (typeof key === 'string') return key;
  if (key === null) return 'null';
  if (typeof key === 'boolean') return key ? 'true' : 'false';
  const number = asNumber(key);
  if (number === undefined) throw typeError('keys must be str, int, float, bool or None');
  return numberJson(numberText(number));
}

/** Every level of a value writes its parts once more. */
function enclose(open: string, close: string, parts: string[], layout: Layout, depth: number, meter: Meter): string {
  if (parts.length === 0) return open + close;
  const between = layout.itemSeparator.length + (layout.indent?.length ?? 0) * (depth + 1) + 1;
  meter.produce(parts.reduce((length, part) => length + part.length + between, 2));
  if (layout.indent === undefined) return open + parts.join(layout.itemSeparator) + close;
  const line = `\n${layout.indent.repeat(depth + 1)}`;
  return `${open}${line}${parts.join(layout.itemSeparator + line)}\n${layout.indent.repeat(depth)}${close}`;
}

/** Units of work to quote one character, which may become six. */
const QUOTED = 12;

function quoteJson(text: string, layout: Layout, run: Run): string {
  run.meter.produce(text.length);
  run.meter.charge(text.length * QUOTED);
  const quoted = JSON.stringify(text);
  if (!layout.ascii) return quoted;
  return quoted.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const JSON_TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[ \t\n\r]*(?:([{}[\],:])|"((?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"|(-?(?:0|[1-9]\d*))(\.\d+)?([eE][+-]?\d+)?|(true|false|null|NaN|-?Infinity))/y;
const JSON_WORDS: Record<string, PyValue> = {
  true: true,
  false: false,
  null: null,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Own reader instead of JSON.parse: `1.0` stays a float, big integers stay exact, `NaN` is allowed. */
class Reader {
  #at = 0;

  constructor(
    readonly text: string,
    readonly run: Run,
  ) {}

  document(): PyValue {
    const value = this.#value(0, this.#token());
    if (!/^[ \t\n\r]*$/.test(this.text.slice(this.#at))) throw valueError('Extra data');
    return value;
  }

  #token(): RegExpExecArray {
    JSON_TOKEN.lastIndex = this.#at;
    const match = JSON_TOKEN.exec(this.text);
    if (!match) throw valueError(`Expecting value at ${this.#at}`);
    this.#at = JSON_TOKEN.lastIndex;
    return match;
  }

  #value(depth: number, token: RegExpExecArray): PyValue {
    if (depth > MAX_VALUE_DEPTH) throw limitError(`a JSON text of more than the limit of ${MAX_VALUE_DEPTH} levels`);
    this.run.meter.items(5);
    const [whole, sign, , digits, fraction, exponent, word] = token;
    const bare = whole.trimStart();
    if (word !== undefined) return JSON_WORDS[word]!;
    if (digits !== undefined) {
      return fraction || exponent ? makeFloat(Number(bare)) : parseInteger(digits, this.run.meter);
    }
    if (sign === undefined) return JSON.parse(bare) as string;
    if (sign === '[') return this.#list(depth);
    if (sign === '{') return this.#dict(depth);
    throw valueError('Expecting value');
  }

  #list(depth: number): PyValue[] {
    const items: PyValue[] = [];
    let token = this.#token();
    if (token[1] === ']') return items;
    for (;;) {
      items.push(this.#value(depth + 1, token));
      const sign = this.#token()[1];
      if (sign === ']') return items;
      if (sign !== ',') throw valueError("Expecting ',' delimiter");
      token = this.#token();
    }
  }

  #dict(depth: number): PyDict {
    const dict = new PyDict();
    let token = this.#token();
    if (token[1] === '}') return dict;
    for (;;) {
      const key = token[0].trimStart();
      if (!key.startsWith('"')) throw valueError('Expecting property name enclosed in double quotes');
      if (this.#token()[1] !== ':') throw valueError("Expecting ':' delimiter");
      dict.set(JSON.parse(key) as string, this.#value(depth + 1, this.#token()), this.run.meter);
      const sign = this.#token()[1];
      if (sign === '}') return dict;
      if (sign !== ',') throw valueError("Expecting ',' delimiter");
      token = this.#token();
    }
  }
}

/** Units of work to read one character. */
const READ = 10;

const loads: Implementation = (args, run) => {
  const [source] = args.bind('s');
  const text = source instanceof PyBytes ? decodeBytes(source.bytes, run.meter) : source;
  if (typeof text !== 'string') throw typeError('the JSON object must be str or bytes');
  run.meter.charge(text.length * READ);
  return new Reader(text, run).document();
};

/** The module `json`: `dumps` and `loads`. */
export const JSON_MODULE = moduleOf('json', { dumps, loads });
