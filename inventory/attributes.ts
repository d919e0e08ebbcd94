import { type GantryError, wrongField } from '../base/error';
import { stringifyJson } from '../base/json';
import { isLonger, isText } from '../base/text';
import { requireUnsealed } from '../base/unsealed';

/** What can be said of an object of the inventory, one field of it. */
export interface Attribute {
  /** Its column. */
  name: string;
  kind: 'text' | 'integer' | 'boolean' | 'choice';
  /** A text may not be empty, other values may not be absent. */
  isRequired?: true;
  /** Of a text: characters. */
  maxLength?: number;
  /** Of an integer. */
  range?: { min: number; max: number };
  /** The values of a choice. */
  choices?: readonly string[];
  /** Whether a text that is not empty has the form that it needs. */
  hasForm?(text: string): boolean;
  /** That form in words, for messages. */
  form?: string;
  /** What is stored where nothing is given; absent: '' for texts, false for booleans, else null. */
  fallback?: string | number | boolean;
}

/** Values by the names of their attributes, as they are stored. */
export type Values = Record<string, string | number | boolean | null>;

/** All values of a new object: what is not given is its attribute's fallback. @throws as `readChanges` */
export function readNew(attributes: readonly Attribute[], given: Readonly<Record<string, unknown>>): Values {
  const missing = attributes.find(({ name, isRequired }) => isRequired && !Object.hasOwn(given, name));
  if (missing) throw required(missing.name);
  const fallbacks = attributes.map((attribute) => [attribute.name, fallbackOf(attribute)]);
  return { ...Object.fromEntries(fallbacks), ...readChanges(attributes, given) };
}

/**
 * The values that are given, as they are stored: a number for a text or a choice is its text, and what says nothing (null,
 * an empty text) is the fallback.
 *
 * @throws GantryError `invalid` naming the first field that is wrong or that there is not, with the reason
 */
export function readChanges(attributes: readonly Attribute[], given: Readonly<Record<string, unknown>>): Values {
  const byName = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  const read = Object.entries(given).map(([name, value]) => {
    const attribute = byName.get(name);
    if (!attribute) throw wrongField(`there is no ${name}`, { code: 'unknown', args: { field: name } });
    return [name, readValue(attribute, value)];
  });
  return Object.fromEntries(read);
}

function readValue(attribute: Attribute, value: unknown): Values[string] {
  const { name, isRequired } = attribute;
  if (value === undefined || value === null || value === '') {
    if (isRequired) throw required(name);
    return fallbackOf(attribute);
  }
  if (attribute.kind === 'integer') return readInteger(attribute, value);
  if (attribute.kind === 'boolean') {
    if (typeof value === 'boolean') return value;
    throw malformed(name, 'boolean', value);
  }
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  return attribute.kind === 'choice' ? readChoice(attribute, text) : readText(attribute, text);
}

function readText({ name, isRequired, maxLength, hasForm, form }: Attribute, text: unknown): string {
  if (typeof text !== 'string' || !isText(text)) throw malformed(name, 'text', text);
  requireUnsealed(text, name);
  if (isRequired && text.trim() === '') throw required(name);
  if (maxLength !== undefined && isLonger(text, maxLength)) {
    const message = `${name} is longer than ${maxLength} characters`;
    throw wrongField(message, { code: 'too_long', args: { field: name, max: maxLength } });
  }
  if (hasForm && !hasForm(text)) throw malformed(name, 'pattern', text, form ? `, which is ${form}` : '');
  return text;
}

function readChoice({ name, choices = [] }: Attribute, text: unknown): string {
  if (typeof text === 'string' && choices.includes(text)) return text;
  throw malformed(name, 'choice', text, `, only one of ${choices.join(', ')} may be`);
}

function readInteger({ name, range }: Attribute, value: unknown): number {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number === 'bigint' || (typeof number === 'number' && Number.isInteger(number))) {
    if (!range || (number >= range.min && number <= range.max)) return Number(number);
    const message = `${name} is ${number}, from ${range.min} to ${range.max} may be`;
    throw wrongField(message, { code: 'out_of_range', args: { field: name, ...range } });
  }
  throw malformed(name, 'integer', value);
}

function fallbackOf({ kind, fallback }: Attribute): Values[string] {
  if (fallback !== undefined) return fallback;
  if (kind === 'text') return '';
  return kind === 'boolean' ? false : null;
}

function required(field: string): GantryError {
  return wrongField(`${field} is missing or empty`, { code: 'required', args: { field } });
}

const WANTED = {
  text: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
  choice: 'one of its values',
  pattern: 'of the form that it needs',
};

function malformed(field: string, wanted: keyof typeof WANTED, value: unknown, more = ''): GantryError {
  const message = `${field} is not ${WANTED[wanted]}: ${stringifyJson(value).slice(0, 100)}${more}`;
  return wrongField(message, { code: 'malformed', args: { field, wanted } });
}
