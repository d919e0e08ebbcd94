import { z } from '@hono/zod-openapi';
import { listLabels } from '../../../db/labels';
import { createLabel, removeLabel } from '../../../templates/labels';
import { defineEndpoint } from '../endpoint';
import { id, label } from './schema';
import { showLabel } from './show';

/** The labels that the templates of a project may have. */
export const getLabelList = defineEndpoint({
  name: 'get_label_list',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Labels of a project',
  input: z.object({}),
  data: z.array(label),
  async run({ services, project }) {
    const labels = await listLabels(services.db, project.id);
    return { data: labels.map(showLabel) };
  },
});

/** A new label of a project. */
export const createLabelEndpoint = defineEndpoint({
  name: 'create_label',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'editor',
  summary: 'Create a label',
  input: z.object({
    name: z.string().min(1).max(50),
    description: z.string().max(255).default(''),
    color: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/)
      .optional(),
  }),
  data: label,
  async run({ services, project, actor }, { name, description, color }) {
    const wanted = { name, description, ...(color === undefined ? {} : { color }) };
    return { data: showLabel(await createLabel(services.db, project.id, wanted, actor)) };
  },
});

/** Deletes a label; templates lose it. */
export const deleteLabelEndpoint = defineEndpoint({
  name: 'delete_label',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'editor',
  summary: 'Delete a label; templates lose it',
  input: z.object({ label_id: id }),
  data: z.object({ label_id: z.number().int() }),
  async run({ services, project, actor }, { label_id }) {
    await removeLabel(services.db, project.id, label_id, actor);
    return { data: { label_id } };
  },
});
