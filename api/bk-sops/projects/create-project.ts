import { z } from '@hono/zod-openapi';
import { createProject, MAX_PROJECT_NAME_LENGTH, registerProject } from '../../../access/projects';
import { MAX_INTEGER } from '../../../db/schema';
import { defineUserEndpoint } from '../endpoint';

const DEFAULT_ZONE = 'UTC';

export const bizId = z.coerce.number().int().min(1).max(MAX_INTEGER);

const made = z.object({ project_id: z.number().int(), project_name: z.string() });

/** The project of a CMDB business, made where there is none; its name is made up of the id, for there is no CMDB. */
export const registerProjectEndpoint = defineUserEndpoint({
  name: 'register_project',
  method: 'post',
  path: [],
  needs: 'trusted',
  summary: 'The project of a business, made where there is none',
  input: z.object({
    bk_biz_id: bizId,
    name: z.string().min(1).max(MAX_PROJECT_NAME_LENGTH).optional(),
    time_zone: z.string().default(DEFAULT_ZONE),
  }),
  data: made,
  async run({ services, actor }, { bk_biz_id, name = `business ${bk_biz_id}`, time_zone }) {
    const asked = { bizId: bk_biz_id, name, timeZone: time_zone, admin: actor.username };
    const project = await registerProject(services.db, asked, actor);
    return { data: { project_id: project.id, project_name: project.name } };
  },
});

/** A new project, of a business or of nobody; not in bk-sops' gateway. */
export const createProjectEndpoint = defineUserEndpoint({
  name: 'create_project',
  method: 'post',
  path: [],
  needs: 'trusted',
  summary: 'Make a project, with the user as its first admin',
  input: z.object({
    name: z.string().min(1).max(MAX_PROJECT_NAME_LENGTH),
    bk_biz_id: bizId.optional(),
    time_zone: z.string().default(DEFAULT_ZONE),
  }),
  data: made,
  async run({ services, actor }, { name, bk_biz_id, time_zone }) {
    const asked = { name, bizId: bk_biz_id ?? null, timeZone: time_zone, admin: actor.username };
    const project = await createProject(services.db, asked, actor);
    return { data: { project_id: project.id, project_name: project.name } };
  },
});
