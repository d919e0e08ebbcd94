import { stringifyJson } from '../../../base/json';
import { MAX_VARIABLE_LENGTH } from '../../limits';

/** A value that Ansible Vault has encrypted. */
export class Encrypted {}

/**
 * A value of a variable in an inventory, whose whole numbers are bigints (so that 1.0 stays another number than 1). Maps have
 * keys of any kind.
 */
export type Value = null | boolean | bigint | number | string | Value[] | Map<Value, Value> | Encrypted;

const MAX_DEPTH = 50;

/** Why a value has no text, or its text. */
export type Written = { text: string } | { why: 'encrypted' | 'template' | 'too_long' | 'too_deep' };

/**
 * A value as the text of a host variable: texts as they are, numbers and booleans as Ansible prints them, nothing as an empty
 * text, lists and maps as JSON.
 */
export function textOf(value: Value): Written {
  if (typeof value === 'string') {
    if (value.startsWith('$ANSIBLE_VAULT;')) return { why: 'encrypted' };
    return holdsTemplate(value) ? { why: 'template' } : { text: value };
  }
  if (value === null) return { text: '' };
  if (typeof value === 'number') return { text: numberText(value) };
  const writer = new Writer();
  try {
    writer.write(value, 0);
  } catch (error) {
    if (error instanceof Unwritable) return { why: error.why };
    throw error;
  }
  const { text } = writer;
  return holdsTemplate(text) ? { why: 'template' } : { text };
}

function holdsTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}

class Unwritable extends Error {
  constructor(readonly why: 'encrypted' | 'too_long' | 'too_deep') {
    super(why);
  }
}

/** Stops when the text is too long: aliases can make much out of little. */
class Writer {
  text = '';

  write(value: Value, depth: number): void {
    if (depth > MAX_DEPTH) throw new Unwritable('too_deep');
    if (value instanceof Encrypted) throw new Unwritable('encrypted');
    if (Array.isArray(value)) {
      this.#put('[');
      for (const [index, item] of value.entries()) {
        if (index > 0) this.#put(',');
        this.write(item, depth + 1);
      }
      this.#put(']');
    } else if (value instanceof Map) {
      let count = 0;
      this.#put('{');
      for (const [name, item] of value) {
        if (count > 0) this.#put(',');
        count += 1;
        // JSON has names that are texts.
        if (typeof name === 'string') this.write(name, depth + 1);
        else this.write(scalarText(name), depth + 1);
        this.#put(':');
        this.write(item, depth + 1);
      }
      this.#put('}');
    } else if (typeof value === 'string') this.#put(stringifyJson(value));
    else if (typeof value === 'number' && !Number.isFinite(value)) this.#put(stringifyJson(numberText(value)));
    else this.#put(scalarText(value));
  }

  #put(piece: string): void {
    this.text += piece;
    if (this.text.length > MAX_VARIABLE_LENGTH) throw new Unwritable('too_long');
  }
}

/** Of what is no text, list or map; those are the names of maps that nobody writes. */
function scalarText(value: Value): string {
  if (typeof value === 'number') return numberText(value);
  return value === null || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : '?';
}

/** As Python writes numbers that are not whole ones: 1.0, 1e-05. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= 16 || power < -4) return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
