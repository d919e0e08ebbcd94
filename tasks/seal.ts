import type { DbOrTransaction } from '../db/connection';
import { findTree } from '../db/tasks';
import type { Json, JsonObject } from '../pipeline/json';
import { hasSealedText } from '../pipeline/language/sealed-text';
import type { PipelineTree } from '../pipeline/tree/types';
import { sealConstants, sealTree } from '../secrets/constants';
import { pathOfNewInput, sealInputs } from '../secrets/inputs';
import type { SealPlace } from '../secrets/place';
import { pathOfNewReference, secretNames } from '../secrets/references';
import { findText } from '../secrets/walk';
import { GantryError } from './error';
import type { Request } from './request';
import type { Rights } from './rights';

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
 * Refuses sealed text from outside: only the house itself puts it where it stands.
 *
 * @param field what the value is called by who sent it
 * @throws GantryError `invalid` naming the field
 */
export function requireUnsealed(value: unknown, field: string): void {
  const path = findText(value, hasSealedText, field);
  if (path === undefined) return;
  throw new GantryError('invalid', `${path}: sealed text cannot be sent: send the password, or ****** to keep it`, {
    details: [{ field: path }],
  });
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

/** Whose task it is, and who asks. */
export interface Sender {
  projectId: number;
  rights: Rights;
}

/**
 * An operator's request with the passwords in it sealed, before anything of it is recorded or sent.
 *
 * @throws GantryError as `sealValues`
 */
export async function sealRequest(
  db: DbOrTransaction,
  taskId: number,
  request: Request,
  { projectId, rights }: Sender,
): Promise<Request> {
  switch (request.action) {
    case 'set_constants': {
      // Made of values that have been looked at and sealed (`tasks/constants.ts`).
      const { constants } = request;
      const tree = await findTree<PipelineTree>(db, taskId);
      return { ...request, constants: refusing(() => sealConstants(tree, constants, projectId, keyOf)) };
    }
    case 'retry': {
      const { inputs, node } = request;
      if (!inputs || Object.keys(inputs).length === 0) return request;
      requireUnsealed(inputs, 'inputs');
      const tree = await findTree<PipelineTree>(db, taskId);
      const sealed = refusing(() => sealInputs(tree, node, inputs, projectId));
      if (!rights.mayReferToPasswords) refuseReference(pathOfNewInput(tree, node, sealed));
      return { ...request, inputs: sealed };
    }
    case 'callback':
      requireUnsealed(request.data as Json, 'data');
      return request;
    default:
      return request;
  }
}

function keyOf(name: string): string {
  return `\${${name}}`;
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
