import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { KEPT, type Rights } from '../../../access/rights';
import { GantryError } from '../../../base/error';
import type { Db } from '../../../db/connection';
import { MAX_INTEGER } from '../../../db/schema';
import { listTemplates } from '../../../db/templates';
import { isJsonObject } from '../../../pipeline/json';
import { entriesOf } from '../../../pipeline/tree/own';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { taskUrlOf } from '../../../tasks/context';
import { cleanName, knownCategory } from '../../../tasks/names';
import { createTaskOnce } from '../../../tasks/once';
import { referencesIn } from '../../../templates/references';
import { unfoldTree } from '../../../templates/unfold';
import { checkTree } from '../../../trees/check';
import { prepareTree } from '../../../trees/prepare';
import { defineEndpoint } from '../endpoint';
import { keyedBy } from './keyed';
import { prefixed } from './prefixed';

const INVALID_TREE = '[API] fast_create_task get invalid pipeline_tree: ';

/** Creates a one-time task from a tree; it does not start (bk-sops §7.2). */
export const fastCreateTask = defineEndpoint({
  name: 'fast_create_task',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'operator',
  summary: 'Create a one-time task from a pipeline_tree; with an Idempotency-Key header, once',
  input: z.object({
    name: z.string(),
    pipeline_tree: z.record(z.string(), z.unknown()),
    flow_type: z.string().default('common'),
    description: z.string().default(''),
    category: z.string().default('Default'),
    has_common_subprocess: z.boolean().default(false),
    rerun_limit: z.number().int().min(1).max(1000).optional(),
  }),
  data: z.object({
    task_id: z.number().int(),
    task_url: z.string(),
    pipeline_tree: z.record(z.string(), z.unknown()),
  }),
  async run(call, input) {
    const { services, caller, project, actor } = call;
    const name = cleanName(input.name);
    if (name === '') throw new GantryError('invalid', "invalid params: 'name': is empty");
    const { id, tree } = await createTaskOnce(services.db, keyedBy(call, 'fast_create_task', input), async () => {
      const submitted = await withSubprocesses(services.db, project.id, input, rightsOf(caller, project));
      return {
        project,
        name,
        prepared: prepareTree(submitted.tree, {
          place: project.id,
          rights: submitted.rights,
          rerunLimit: input.rerun_limit,
        }),
        mustBeClaimed: input.flow_type === 'common_func',
        category: knownCategory(input.category),
        description: input.description,
        createMethod: 'api',
        actor,
      };
    }).catch(prefixed(INVALID_TREE, { invalid: 'invalid', too_large: 'too_large' }));
    return { data: { task_id: id, task_url: taskUrlOf(services.baseUrl, project.id, id), pipeline_tree: { ...tree } } };
  },
});

interface Submitted {
  pipeline_tree: Record<string, unknown>;
  has_common_subprocess: boolean;
}

/** The tree with those of the templates that it names; a tree without subprocesses is left to the checks that follow. */
async function withSubprocesses(
  db: Db,
  projectId: number,
  submitted: Submitted,
  rights: Rights,
): Promise<{ tree: unknown; rights: Rights }> {
  const { pipeline_tree } = submitted;
  const hasSubprocess = entriesOf(pipeline_tree.activities).some(
    ([, activity]) => isJsonObject(activity) && activity.type === 'SubProcess',
  );
  if (!hasSubprocess) return { tree: pipeline_tree, rights };
  const tree = checkTree(pipeline_tree, { place: projectId, rights });
  await settleSources(db, projectId, tree, submitted);
  const unfolded = await unfoldTree(db, { projectId, sealedFor: projectId, sentBy: rights }, tree).catch(
    prefixed('[API] fast_create_task create pipeline error: ', { refused: 'refused' }),
  );
  return { tree: unfolded, rights: KEPT };
}

/** Says of every subprocess whose template it means; without `has_common_subprocess` all are the project's. */
async function settleSources(
  db: Db,
  projectId: number,
  tree: PipelineTree,
  { has_common_subprocess }: Submitted,
): Promise<void> {
  const references = referencesIn(tree);
  if (has_common_subprocess) {
    for (const reference of references) reference.template_source ??= 'common';
    return;
  }
  const ids = [...new Set(references.map(({ template_id }) => Number(template_id)))];
  const known = await listTemplates(db, projectId, { ids: ids.filter((id) => id <= MAX_INTEGER) });
  const own = new Set(known.map(({ id }) => id));
  const foreign = references.filter(
    ({ template_id, template_source }) => template_source === 'common' || !own.has(Number(template_id)),
  );
  if (foreign.length === 0) return;
  const list = [...new Set(foreign.map(({ template_id }) => String(template_id)))].join(',');
  throw new GantryError(
    'invalid',
    `[API] fast_create_task get invalid template_id: ${list}, template_id should belong to current project.`,
  );
}
