import { CLASSIFIED, isPrintable } from './characters';
import { entriesOf } from './dicts';
import { limitError, typeError } from './errors';
import { MAX_VALUE_DEPTH, type Meter } from './limits';
import { numberText } from './number-text';
import { isNumber, numberCost } from './numbers';
import {
  AttributeObject,
  PyBytes,
  PyIterator,
  PyObject,
  PyRange,
  PySet,
  PySlice,
  PyTuple,
  type PyValue,
  PyView,
  type ScopeValue,
} from './values';

/** Python str() of a JSON value or AttributeObject (bk-sops §4.8): what a value looks like inside other text. */
export function pythonStr(value: ScopeValue, meter: Meter): string {
  return textOf(value as PyValue, meter);
}

/** str() of any value of the language. */
export function textOf(value: PyValue, meter: Meter): string {
  if (typeof value === 'string') return value;
  return value instanceof PyObject ? value.text(meter) : reprOf(value, meter);
}

/** repr() of any value of the language. */
export function reprOf(value: PyValue, meter: Meter, depth = 0): string {
  if (depth > MAX_VALUE_DEPTH) throw limitError(`a value of more than the limit of ${MAX_VALUE_DEPTH} levels`);
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') {
    meter.produce(value.length);
    return quote(value, meter);
  }
  if (isNumber(value)) {
    meter.charge(numberCost(value));
    return numberText(value);
  }
  const each = (items: readonly PyValue[]): string => {
    meter.items(items.length);
    const texts = items.map((item) => reprOf(item, meter, depth + 1));
    return joined(texts, meter);
  };
  if (Array.isArray(value)) return `[${each(value)}]`;
  if (value instanceof PyTuple) return value.items.length === 1 ? `(${each(value.items)},)` : `(${each(value.items)})`;
  if (value instanceof PySet) return value.size === 0 ? 'set()' : `{${each(value.items(meter))}}`;
  if (value instanceof PyBytes) {
    meter.charge(value.bytes.length * 10);
    return quoteBytes(value.bytes);
  }
  if (value instanceof PyRange) return rangeText(value);
  if (value instanceof PySlice) return `slice(${each([value.start, value.stop, value.step])})`;
  if (value instanceof PyView) return `${value.typeName}([${each(value.items)}])`;
  if (value instanceof PyObject) return value.repr(meter);
  if (value instanceof AttributeObject) return value.text;
  if (value instanceof PyIterator) throw typeError(`'${value.typeName}' has no stable text`);
  const texts = entriesOf(value, meter).map(
    ([key, item]) => `${reprOf(key, meter, depth + 1)}: ${reprOf(item, meter, depth + 1)}`,
  );
  return `{${joined(texts, meter)}}`;
}

/** Every level of a value writes its parts once more. */
function joined(texts: string[], meter: Meter): string {
  meter.produce(texts.reduce((length, text) => length + text.length + 2, 0));
  return texts.join(', ');
}

function rangeText(range: PyRange): string {
  return range.step === 1
    ? `range(${range.start}, ${range.stop})`
    : `range(${range.start}, ${range.stop}, ${range.step})`;
}

const QUICK_TEXT = /^[ -&(-[\]-~]*$/;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** repr() of a string: single quotes unless only double ones avoid an escape; what is not printable as \x, \u, \U. */
function quote(text: string, meter: Meter): string {
  if (QUICK_TEXT.test(text)) return `'${text}'`;
  meter.charge(text.length * CLASSIFIED);
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = '';
  for (const character of text) {
    const escaped = ESCAPES[character];
    if (escaped) out += escaped;
    else if (character === mark) out += `\\${mark}`;
    else out += isPrintable(character) ? character : escapeCode(character.codePointAt(0)!);
  }
  return mark + out + mark;
}

function escapeCode(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

function quoteBytes(bytes: Uint8Array): string {
  const hasSingle = bytes.includes(0x27);
  const mark = hasSingle && !bytes.includes(0x22) ? '"' : "'";
  let out = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const escaped = ESCAPES[character];
    if (escaped) out += escaped;
    else if (character === mark) out += `\\${mark}`;
    else out += byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `b${mark}${out}${mark}`;
}
