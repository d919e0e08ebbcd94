import { parseJson, stringifyJson } from '../base/json';
import { MASK, maskTokens } from '../base/sealed-text';
import { isJsonObject, type Json, type JsonObject } from '../pipeline/json';
import { entriesOf, own } from '../pipeline/tree/own';
import type { Constant, PipelineTree, SubProcess } from '../pipeline/tree/types';
import { SecretError } from './keys';
import type { SealPlace } from './place';
import { isToken, replaceTokens, seal } from './token';

/**
 * Seals the values of a tree's password variables and those of its subprocesses, in place (bk-sops §4.7), and what it
 * gives to password variables of templates. A value that is sealed stays as it is; so does one that is a reference to
 * another constant and nothing else.
 *
 * @param place where they will open
 * @param previous the tree that this one replaces: a masked value, sent back as it was read, keeps its old one
 * @throws SecretError naming the constant
 */
export function sealTree(tree: PipelineTree, place: SealPlace, previous?: PipelineTree): void {
  sealPipeline(tree, { place, outer: new Set(), previous });
}

interface Around {
  place: SealPlace;
  /** Keys of the constants around it. */
  outer: ReadonlySet<string>;
  previous: PipelineTree | undefined;
}

function sealPipeline(tree: PipelineTree, { place, outer, previous }: Around): void {
  const keys = new Set([...outer, ...Object.keys(tree.constants)]);
  sealAll(tree.constants, previous?.constants, { place, keys });
  for (const [id, activity] of Object.entries(tree.activities)) {
    if (activity.type !== 'SubProcess') continue;
    const before = own(previous?.activities, id);
    const old = before?.type === 'SubProcess' ? before : undefined;
    // A template's subprocess may name another template instead of having a tree.
    if (activity.pipeline) sealPipeline(activity.pipeline, { place, outer: keys, previous: old?.pipeline });
    else sealAll(givenTo(activity), old ? givenTo(old) : undefined, { place, keys });
  }
}

/** What a subprocess gives to constants of its template; whatever else stands there is refused where it is unfolded. */
function givenTo({ constants }: SubProcess): Record<string, Constant> {
  const entries = entriesOf(constants).filter((entry): entry is [string, Constant & Json] => isJsonObject(entry[1]));
  return Object.fromEntries(entries);
}

function sealAll(
  constants: Record<string, Constant>,
  previous: Record<string, Constant> | undefined,
  { place, keys }: { place: SealPlace; keys: ReadonlySet<string> },
): void {
  for (const [key, constant] of Object.entries(constants)) {
    if (!isPassword(constant) || constant.value === undefined) continue;
    const old = own(previous, key);
    const before = old && isPassword(old) ? old.value : undefined;
    constant.value = sealValue({ key, value: constant.value, before, place, keys });
  }
}

/**
 * New values of a tree's constants with those of password variables sealed; a masked one, sent back as it was read,
 * is left out.
 *
 * @param keyOf the constant that an entry is for, by the entry's name
 */
export function sealConstants(
  tree: Pick<PipelineTree, 'constants'>,
  values: JsonObject,
  place: SealPlace,
  keyOf: (name: string) => string = (name) => name,
): JsonObject {
  const keys = new Set(Object.keys(tree.constants));
  const entries = Object.entries(values).map(([name, value]): [string, Json | undefined] => {
    const key = keyOf(name);
    const constant = own(tree.constants, key);
    if (!constant || !isPassword(constant)) return [name, value];
    return isMasked(value) ? [name, undefined] : [name, sealValue({ key, value, before: undefined, place, keys })];
  });
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** A copy of a tree without its secrets, for the way out of the house: their places are empty. */
export function withoutSecrets(tree: PipelineTree): PipelineTree {
  return parseJson(maskTokens(stringifyJson(tree), '')) as PipelineTree;
}

/** Whether a constant's value is a secret. */
export function isPassword({ custom_type, source_type }: Constant): boolean {
  return custom_type === 'password' && source_type !== 'component_outputs';
}

/** A value of a password variable on its way in. */
interface Incoming {
  key: string;
  value: Json;
  /** Of the constant that it replaces. */
  before: Json | undefined;
  place: SealPlace;
  keys: ReadonlySet<string>;
}

/** The secret's old token is kept where it is the same secret, so that a tree that is saved again is the same tree. */
function sealValue({ value, ...incoming }: Incoming): Json {
  const { key, before } = incoming;
  if (isMasked(value)) {
    if (before !== undefined) return before;
    throw new SecretError(`constant ${key}: ${MASK} is how a password is shown, not one: send the password`);
  }
  if (isJsonObject(value) && value.type === 'password_value') {
    const textBefore = isJsonObject(before) ? before.value : undefined;
    return { ...value, value: sealText({ ...incoming, value: value.value ?? '', before: textBefore }) };
  }
  return sealText({ ...incoming, value });
}

function sealText({ key, value, before, place, keys }: Incoming): Json {
  if (value === null || value === '') return '';
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
    throw new SecretError(`constant ${key}: a password is neither text nor {type: "password_value", value}`);
  }
  const text = String(value);
  if (isToken(text) || keys.has(text)) return text;
  return typeof before === 'string' && isToken(before) && seals(before, text, place) ? before : seal(text, place);
}

function seals(token: string, text: string, place: SealPlace): boolean {
  try {
    return replaceTokens(token, { place, opensOld: true }, (secret) => secret) === text;
  } catch {
    // Of a key that is gone: it can say nothing any more.
    return false;
  }
}

function isMasked(value: Json): boolean {
  return value === MASK || (isJsonObject(value) && value.type === 'password_value' && value.value === MASK);
}
