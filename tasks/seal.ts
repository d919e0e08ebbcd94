import type { DbOrTransaction } from '../db/connection';
import { findTree } from '../db/tasks';
import type { JsonObject } from '../pipeline/json';
import type { PipelineTree } from '../pipeline/tree/types';
import { sealConstants, sealTree } from '../secrets/constants';
import { sealInputs } from '../secrets/inputs';
import { GantryError } from './error';
import type { Request } from './operate';

/**
 * Seals the password variables of a tree, in place; every tree that is kept or run goes through here. With the tree
 * that it replaces, a password that was sent back masked stays what it was.
 *
 * @throws GantryError `invalid` naming the constant, when there is no key, or when a mask stands for no password
 */
export function sealPasswords(tree: PipelineTree, previous?: PipelineTree): void {
  refusing(() => sealTree(tree, previous));
}

/**
 * New values for a tree's constants, by key `${name}`, with those of password variables sealed; a masked one is left
 * out, because it is not changed.
 *
 * @throws GantryError `invalid` as `sealPasswords`
 */
export function sealValues(tree: Pick<PipelineTree, 'constants'>, values: JsonObject): JsonObject {
  return refusing(() => sealConstants(tree, values));
}

/** An operator's request with the passwords in it sealed, before anything of it is recorded or sent. */
export async function sealRequest(db: DbOrTransaction, taskId: number, request: Request): Promise<Request> {
  switch (request.action) {
    case 'set_constants': {
      const tree = await findTree<PipelineTree>(db, taskId);
      const { constants } = request;
      return { ...request, constants: refusing(() => sealConstants(tree, constants, (name) => `\${${name}}`)) };
    }
    case 'retry': {
      const { inputs, node } = request;
      if (!inputs || Object.keys(inputs).length === 0) return request;
      const tree = await findTree<PipelineTree>(db, taskId);
      return { ...request, inputs: refusing(() => sealInputs(tree, node, inputs)) };
    }
    default:
      return request;
  }
}

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if ((error as Error).name !== 'SecretError') throw error;
    throw new GantryError('invalid', (error as Error).message, { cause: error });
  }
}
