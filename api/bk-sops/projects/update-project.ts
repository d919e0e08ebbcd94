import { z } from '@hono/zod-openapi';
import { changeProject, MAX_PROJECT_NAME_LENGTH } from '../../../access/projects';
import { GantryError } from '../../../base/error';
import { defineEndpoint } from '../endpoint';
import { bizId } from './create-project';

/** Changes a project; not in bk-sops' gateway. Which business it is of decides who finds it: for trusted apps only. */
export const updateProjectEndpoint = defineEndpoint({
  name: 'update_project',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'admin',
  summary: 'Change the name, the time zone or the business of a project',
  input: z.object({
    name: z.string().min(1).max(MAX_PROJECT_NAME_LENGTH).optional(),
    time_zone: z.string().optional(),
    new_bk_biz_id: bizId.optional(),
  }),
  data: z.object({
    project_id: z.number().int(),
    project_name: z.string(),
    bk_biz_id: z.number().int().nullable(),
    time_zone: z.string(),
  }),
  async run({ services, caller, project, actor }, { name, time_zone, new_bk_biz_id }) {
    if (new_bk_biz_id !== undefined && !caller.app.trusted) {
      throw new GantryError('forbidden', 'new_bk_biz_id: only a trusted app may give a project to a business');
    }
    const changes = {
      ...(name === undefined ? {} : { name }),
      ...(time_zone === undefined ? {} : { timeZone: time_zone }),
      ...(new_bk_biz_id === undefined ? {} : { bizId: new_bk_biz_id }),
    };
    const changed = await changeProject(services.db, project.id, changes, actor);
    return {
      data: {
        project_id: changed.id,
        project_name: changed.name,
        bk_biz_id: changed.bk_biz_id,
        time_zone: changed.time_zone,
      },
    };
  },
});
