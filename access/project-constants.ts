import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { stringifyJson } from '../base/json';
import { requireUnsealed } from '../base/unsealed';
import { auditOf, insertAudit } from '../db/audit';
import type { Db } from '../db/connection';
import {
  deleteProjectConstant,
  lockProject,
  type ProjectConstant,
  sizeOfProjectConstants,
  upsertProjectConstant,
} from '../db/projects';
import { transact } from '../db/transaction';

/** They travel with every task's start; Temporal's messages end at 4 MB, its payloads at 2 MB. */
const MAX_BYTES = 256 * 1024;

const KEY = /^[a-zA-Z0-9_]{1,100}$/;

/**
 * Sets a constant of a project, which its tasks read as `${_env_<key>}` from their next start on (bk-sops §4.6).
 *
 * @throws GantryError `invalid` when the key cannot be named, the value is sealed text, or the project has too much of them
 */
export async function setConstant(db: Db, projectId: number, constant: ProjectConstant, actor: Actor): Promise<void> {
  const { key } = constant;
  requireUnsealed(constant, 'constant');
  if (!KEY.test(key)) {
    throw new GantryError('invalid', `key ${stringifyJson(key)} is not of letters, digits and _, 1 to 100 of them`, {
      reason: { code: 'malformed', args: { field: 'key' } },
    });
  }
  await transact(db, async (tx) => {
    await lockProject(tx, projectId);
    await upsertProjectConstant(tx, projectId, constant);
    const bytes = await sizeOfProjectConstants(tx, projectId);
    if (bytes > MAX_BYTES) {
      throw new GantryError('invalid', `the project's constants would take ${bytes} bytes, the limit is ${MAX_BYTES}`, {
        reason: { code: 'too_large', args: { what: 'constants', bytes, max: MAX_BYTES } },
      });
    }
    await insertAudit(tx, { ...auditOf(actor), projectId, action: 'update', object: `constant ${key}` });
  });
}

/** @throws GantryError `not_found` when there is none */
export async function removeConstant(db: Db, projectId: number, key: string, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    if (!(await deleteProjectConstant(tx, projectId, key))) {
      throw new GantryError('not_found', `constant ${key} of project ${projectId} does not exist`, {
        reason: { code: 'not_found', args: { what: 'constant', id: key } },
      });
    }
    await insertAudit(tx, { ...auditOf(actor), projectId, action: 'delete', object: `constant ${key}` });
  });
}
