import { z } from '@hono/zod-openapi';
import { listProjects } from '../../../db/projects';
import { defineUserEndpoint } from '../endpoint';
import { flag } from '../templates/schema';

/** The projects in which the user has a role; all of them for a trusted app (bk-sops §7.7). */
export const getUserProjectList = defineUserEndpoint({
  name: 'get_user_project_list',
  method: 'get',
  path: [],
  needs: 'user',
  summary: 'Projects that the user may look into',
  input: z.object({ include_executor_proxy: flag }),
  data: z.array(
    z.object({
      project_id: z.number().int(),
      bk_biz_id: z.number().int().nullable(),
      name: z.string(),
      executor_proxy: z.string().optional(),
    }),
  ),
  async run({ services, caller }, { include_executor_proxy }) {
    const projects = await listProjects(services.db, caller.app.trusted ? {} : { username: caller.username });
    return {
      data: projects.map(({ id, bk_biz_id, name, executor_proxy }) => ({
        project_id: id,
        bk_biz_id,
        name,
        ...(include_executor_proxy ? { executor_proxy } : {}),
      })),
    };
  },
});
