import type { Rights } from '../access/rights';
import { requireUnsealed } from '../base/unsealed';
import type { DbOrTransaction } from '../db/connection';
import { findTree } from '../db/tasks';
import type { Json } from '../pipeline/json';
import type { PipelineTree } from '../pipeline/tree/types';
import { sealConstants } from '../secrets/constants';
import { pathOfNewInput, sealInputs } from '../secrets/inputs';
import { refuseReference, refusing } from '../trees/seal';
import type { Request } from './request';

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
