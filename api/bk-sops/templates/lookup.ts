import type { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { findTemplate, type TemplateRecord } from '../../../db/templates';
import type { TemplateKey } from '../../../templates/save';
import type { Call } from '../endpoint';
import type { templateSource } from './schema';
import { sourceOf, templateNotFound } from './source';

type SentSource = z.output<typeof templateSource>;

/** The project whose templates are meant; null for the common ones. */
export function projectIdOf({ project }: Pick<Call, 'project'>, source: SentSource): number | null {
  return source === 'common' ? null : project.id;
}

/** The template of a call; one of another project does not exist (bk-sops §7.2). */
export async function requireTemplate(call: Call, source: SentSource): Promise<TemplateRecord> {
  const { services, ids } = call;
  const template = await findTemplate(services.db, projectIdOf(call, source), ids.template_id);
  return template ?? refuseMissing(call, source);
}

/**
 * The template of a call that changes it: common ones belong to everybody, so only trusted apps do.
 *
 * @throws GantryError `forbidden`, `not_found`
 */
export async function requireChangeable(call: Call, source: SentSource): Promise<TemplateKey> {
  if (source === 'common' && !call.caller.app.trusted) {
    throw new GantryError('forbidden', 'common templates can only be changed by trusted apps');
  }
  const template = await requireTemplate(call, source);
  return { projectId: template.project_id, templateId: template.id };
}

/** Says that the template of a call does not exist. */
export function refuseMissing({ project, ids }: Call, source: SentSource): never {
  throw templateNotFound(project, ids.template_id, sourceOf(source));
}
