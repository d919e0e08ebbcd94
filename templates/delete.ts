import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import type { Db } from '../db/connection';
import { usesOfTemplate } from '../db/template-uses';
import { changeTemplate, lockTemplate } from '../db/templates';
import { transact } from '../db/transaction';
import { auditTemplate, noTemplate, type TemplateKey } from './save';

/**
 * Takes a template out of sight; tasks that were made of it stay.
 *
 * @throws GantryError `not_found`; `wrong_state` naming the templates and the tasks to come that need it
 */
export async function deleteTemplate(db: Db, key: TemplateKey, actor: Actor): Promise<void> {
  const { projectId, templateId } = key;
  await transact(db, async (tx) => {
    if (!(await lockTemplate(tx, projectId, templateId))) throw noTemplate(templateId);
    const uses = await usesOfTemplate(tx, templateId);
    if (uses.length > 0) {
      const users = uses.map(({ kind, id, name }) => `${kind} ${id} (${name})`).join(', ');
      throw new GantryError('wrong_state', `template[id=${templateId}] is used by ${users}`, {
        details: uses,
        reason: { code: 'in_use', args: { what: 'template', id: templateId, by: users } },
      });
    }
    await changeTemplate(tx, templateId, actor.username, { is_deleted: true });
    await auditTemplate(tx, key, actor, 'delete');
  });
}
