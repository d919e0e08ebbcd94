import type { Rights } from '../access/rights';
import { GantryError } from '../base/error';
import { requireUnsealed } from '../base/unsealed';
import type { Json, JsonObject } from '../pipeline/json';
import type { PipelineTree } from '../pipeline/tree/types';
import { sealConstants, sealTree } from '../secrets/constants';
import type { SealPlace } from '../secrets/place';
import { pathOfNewReference, secretNames } from '../secrets/references';

/**
 * Seals the password variables of a tree, in place; every tree that is kept or run goes through here. With the tree
 * that it replaces, a password that was sent back masked stays what it was.
 *
 * @throws GantryError `invalid` naming the constant, when there is no key, or when a mask stands for no password
 */
export function sealPasswords(tree: PipelineTree, place: SealPlace, previous?: PipelineTree): void {
  refusing(() => sealTree(tree, place, previous));
}

/**
 * New values for a tree's constants, by key `${name}`, with those of password variables sealed; a masked one is left
 * out, because it is not changed.
 *
 * @throws GantryError `invalid` as `sealPasswords`, and for sealed text; `forbidden` for values that refer to passwords
 *   of the tree, of a sender who may not read them (docs/operations.md, "Secrets")
 */
export function sealValues(
  tree: PipelineTree,
  values: JsonObject,
  { place, rights }: { place: SealPlace; rights: Rights },
): JsonObject {
  if (!rights.maySendSealed) requireUnsealed(values, 'constants');
  if (!rights.mayReferToPasswords) {
    const kept = Object.entries(tree.constants).map(([key, { value = null }]): [string, Json] => [key, value]);
    refuseReference(pathOfNewReference(Object.fromEntries(kept), values, secretNames(tree), 'constants'));
  }
  return refusing(() => sealConstants(tree, values, place));
}

/** @param path where it is; nothing is refused when that is nowhere */
export function refuseReference(path: string | undefined): void {
  if (path === undefined) return;
  throw new GantryError('forbidden', `${path}: it refers to a password, which needs the role editor`, {
    details: [{ field: path }],
  });
}

/** Of what secrets cannot be sealed or opened with, as errors for clients. */
export function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if ((error as Error).name !== 'SecretError') throw error;
    throw new GantryError('invalid', (error as Error).message, { cause: error });
  }
}
