import { isJsonObject, type Json, type JsonObject } from '../pipeline/json';
import { own } from '../pipeline/tree/own';
import type { Constant, PipelineTree } from '../pipeline/tree/types';
import { SecretError } from './keys';
import { isToken, MASK, maskTokens, replaceTokens, seal } from './token';

/**
 * Seals the values of a tree's password variables and those of its subprocesses, in place (spec 4.7). A value that is
 * sealed stays as it is; so does one that is a reference to another constant and nothing else.
 *
 * @param previous the tree that this one replaces: a masked value, sent back as it was read, keeps its old one
 * @throws SecretError naming the constant
 */
export function sealTree(tree: PipelineTree, previous?: PipelineTree): void {
  sealPipeline(tree, new Set(), previous);
}

function sealPipeline(tree: PipelineTree, outer: ReadonlySet<string>, previous: PipelineTree | undefined): void {
  const keys = new Set([...outer, ...Object.keys(tree.constants)]);
  for (const [key, constant] of Object.entries(tree.constants)) {
    if (!isPassword(constant) || constant.value === undefined) continue;
    const old = own(previous?.constants, key);
    constant.value = sealValue(key, constant.value, keys, old && isPassword(old) ? old.value : undefined);
  }
  for (const [id, activity] of Object.entries(tree.activities)) {
    // A template's subprocess may name another template instead of having a tree.
    if (activity.type !== 'SubProcess' || !activity.pipeline) continue;
    const old = own(previous?.activities, id);
    sealPipeline(activity.pipeline, keys, old?.type === 'SubProcess' ? old.pipeline : undefined);
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
  keyOf: (name: string) => string = (name) => name,
): JsonObject {
  const keys = new Set(Object.keys(tree.constants));
  const entries = Object.entries(values).map(([name, value]): [string, Json | undefined] => {
    const key = keyOf(name);
    const constant = own(tree.constants, key);
    if (!constant || !isPassword(constant)) return [name, value];
    return isMasked(value) ? [name, undefined] : [name, sealValue(key, value, keys, undefined)];
  });
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** A copy of a tree without its secrets, for the way out of the house: their places are empty. */
export function withoutSecrets(tree: PipelineTree): PipelineTree {
  return JSON.parse(maskTokens(JSON.stringify(tree), '')) as PipelineTree;
}

/** Whether a constant's value is a secret. */
export function isPassword({ custom_type, source_type }: Constant): boolean {
  return custom_type === 'password' && source_type !== 'component_outputs';
}

/** The secret's old token is kept where it is the same secret, so that a tree that is saved again is the same tree. */
function sealValue(key: string, value: Json, keys: ReadonlySet<string>, old: Json | undefined): Json {
  if (isMasked(value)) {
    if (old !== undefined) return old;
    throw new SecretError(`constant ${key}: ${MASK} is how a password is shown, not one: send the password`);
  }
  if (isJsonObject(value) && value.type === 'password_value') {
    const oldText = isJsonObject(old) ? old.value : undefined;
    return { ...value, value: sealText(key, value.value ?? '', keys, oldText) };
  }
  return sealText(key, value, keys, old);
}

function sealText(key: string, value: Json, keys: ReadonlySet<string>, old: Json | undefined): Json {
  if (value === null || value === '') return '';
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new SecretError(`constant ${key}: a password is neither text nor {type: "password_value", value}`);
  }
  const text = String(value);
  if (isToken(text) || keys.has(text)) return text;
  return typeof old === 'string' && isToken(old) && seals(old, text) ? old : seal(text);
}

function seals(token: string, text: string): boolean {
  try {
    return replaceTokens(token, (secret) => secret) === text;
  } catch {
    // Of a key that is gone: it can say nothing any more.
    return false;
  }
}

function isMasked(value: Json): boolean {
  return value === MASK || (isJsonObject(value) && value.type === 'password_value' && value.value === MASK);
}
