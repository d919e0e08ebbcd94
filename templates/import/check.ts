import { GantryError } from '../../base/error';
import { requireUnsealed } from '../../base/unsealed';
import { isJsonObject } from '../../pipeline/json';
import { entriesOf, own } from '../../pipeline/tree/own';
import type { Activity, PipelineTree } from '../../pipeline/tree/types';
import { keepEmptied } from '../../secrets/emptied';
import { placeOfProject } from '../../secrets/place';
import { cleanName } from '../../tasks/names';
import { dropProxies } from '../../trees/proxies';
import type { UncheckedTemplate } from '../bundle';
import { templateTree } from '../template-tree';
import { idsIn, keptId } from './ids';
import type { CheckedTemplate, ImportOptions, Target } from './types';

/** @throws GantryError `refused` naming the template, with the problems of its tree in the details */
export function checkTemplate(
  template: UncheckedTemplate,
  target: Target | undefined,
  { projectId, rights }: Pick<ImportOptions, 'projectId' | 'rights'>,
): CheckedTemplate {
  const { key, origin, tree: input } = template;
  const settings = { ...template.settings, name: cleanName(template.settings.name) };
  try {
    requireUnsealed({ key, origin, settings }, 'settings');
    dropProxies(input, rights);
    const previous = target && underIdsOf(input, target);
    keepEmptied(input, previous);
    const tree = templateTree(input, { place: placeOfProject(projectId), rights, previous });
    return { ...template, settings, tree };
  } catch (error) {
    if (!(error instanceof GantryError)) throw error;
    throw error.as('refused', `template "${settings.name}": ${error.message}`);
  }
}

/** The tree that one of a file replaces, its activities under the ids that the file has for them. */
function underIdsOf(input: unknown, { row, compared }: Target): PipelineTree {
  const previous = compared.tree as PipelineTree;
  const idOf = keptId(row.id, idsIn(previous));
  const rename = (input: unknown, previous: PipelineTree): PipelineTree => {
    const activities = entriesOf(isJsonObject(input) ? input.activities : undefined).flatMap(
      ([id, activity]): [string, Activity][] => {
        const before = own(previous.activities, idOf('node', id));
        if (!before) return [];
        if (before.type !== 'SubProcess' || !before.pipeline || !isJsonObject(activity)) return [[id, before]];
        return [[id, { ...before, pipeline: rename(activity.pipeline, before.pipeline) }]];
      },
    );
    return { ...previous, activities: Object.fromEntries(activities) };
  };
  return rename(input, previous);
}
