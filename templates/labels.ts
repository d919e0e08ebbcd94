import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { auditOf, insertAudit } from '../db/audit';
import type { Db } from '../db/connection';
import { deleteLabel, insertLabel, type LabelRecord } from '../db/labels';
import { transact } from '../db/transaction';

/** @throws GantryError `invalid` when the project has a label of that name */
export async function createLabel(
  db: Db,
  projectId: number,
  label: { name: string; description: string; color?: string },
  actor: Actor,
): Promise<LabelRecord> {
  return transact(db, async (tx) => {
    const created = await insertLabel(tx, { project_id: projectId, ...label });
    if (!created) {
      throw new GantryError('invalid', `label(${label.name}) already exists`, {
        reason: { code: 'duplicate', args: { what: 'label', name: label.name } },
      });
    }
    await insertAudit(tx, { ...auditOf(actor), projectId, action: 'create_label', object: `label ${created.id}` });
    return created;
  });
}

/** @throws GantryError `not_found` when the project has no such label */
export async function removeLabel(db: Db, projectId: number, labelId: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    if (!(await deleteLabel(tx, projectId, labelId))) {
      throw new GantryError('not_found', `label(${labelId}) does not exist`, {
        reason: { code: 'not_found', args: { what: 'label', id: labelId } },
      });
    }
    await insertAudit(tx, { ...auditOf(actor), projectId, action: 'delete_label', object: `label ${labelId}` });
  });
}
