import { GantryError } from '../../../base/error';
import type { ProjectRecord } from '../../../db/access';
import type { TemplateSource } from '../../../templates/instantiate';
import type { Wording } from '../../wording';

/** `business` is an older name of `project`. */
export function sourceOf(template_source: 'project' | 'business' | 'common'): TemplateSource {
  return template_source === 'common' ? 'common' : 'project';
}

/** Says that a template, or a version of it, does not exist in the words of the family (bk-sops §7.2). */
export const TEMPLATE_NOT_FOUND: Wording = {
  of: ['not_found'],
  text(message, { project, reason }) {
    if (!project || reason?.code !== 'not_found' || reason.args.what !== 'template') return message;
    return missingText(project, reason.args);
  },
};

/** The same of a template that is looked up for a request. */
export function templateNotFound(project: ProjectRecord, id: number, source: TemplateSource): GantryError {
  const args = { what: 'template', id, isCommon: source === 'common' };
  return new GantryError('not_found', missingText(project, args), { reason: { code: 'not_found', args } });
}

function missingText(
  project: ProjectRecord,
  { id, isCommon, version }: { id: string | number; isCommon?: unknown; version?: unknown },
): string {
  const place = isCommon ? '' : ` of project[project_id=${project.id},biz_id=${project.bk_biz_id ?? ''}]`;
  const name = `${isCommon ? 'common template' : 'template'}[id=${id}]${place}`;
  return `${name} ${version ? `of version ${version} ` : ''}does not exist`;
}
