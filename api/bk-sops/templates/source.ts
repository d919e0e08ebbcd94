import { GantryError } from '../../../base/error';
import type { ProjectRecord } from '../../../db/access';
import type { TemplateSource } from '../../../templates/instantiate';

/** `business` is an older name of `project`. */
export function sourceOf(template_source: 'project' | 'business' | 'common'): TemplateSource {
  return template_source === 'common' ? 'common' : 'project';
}

/** For `catch`: says that a template, or a version of it, does not exist in the words of the family (bk-sops §7.2). */
export function templateNotFound(project: ProjectRecord, templateId: number, source: TemplateSource, version = '') {
  return (error: unknown): never => {
    if (!(error instanceof GantryError) || error.kind !== 'not_found') throw error;
    const { id, bk_biz_id } = project;
    const place = source === 'common' ? '' : ` of project[project_id=${id},biz_id=${bk_biz_id ?? ''}]`;
    const name = `${source === 'common' ? 'common template' : 'template'}[id=${templateId}]${place}`;
    throw new GantryError('not_found', `${name} ${version && `of version ${version} `}does not exist`, {
      cause: error,
    });
  };
}
