import { z } from '@hono/zod-openapi';
import { findProjectBusiness } from '../../../db/businesses';
import { grantedIn, projectActions } from '../auth-actions';
import { defineEndpoint } from '../endpoint';

/** A project, who looks after its business, and what the caller may do in it (bk-sops §7.7). */
export const getUserProjectDetail = defineEndpoint({
  name: 'get_user_project_detail',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'A project and what the user may do in it',
  input: z.object({}),
  data: z.object({
    project_id: z.number().int(),
    project_name: z.string(),
    from_cmdb: z.boolean(),
    bk_biz_id: z.number().int().nullable(),
    bk_biz_name: z.string(),
    bk_biz_developer: z.string(),
    bk_biz_maintainer: z.string(),
    bk_biz_tester: z.string(),
    bk_biz_productor: z.string(),
    time_zone: z.string(),
    executor_proxy: z.string(),
    auth_actions: z.array(z.string()),
  }),
  async run(call) {
    const { project, services } = call;
    const business = await findProjectBusiness(services.db, project.id);
    return {
      data: {
        project_id: project.id,
        project_name: project.name,
        from_cmdb: project.from_cmdb,
        bk_biz_id: project.bk_biz_id,
        bk_biz_name: business?.name ?? project.name,
        bk_biz_developer: business?.developer ?? '',
        bk_biz_maintainer: business?.maintainer ?? '',
        bk_biz_tester: business?.tester ?? '',
        bk_biz_productor: business?.productor ?? '',
        time_zone: project.time_zone,
        executor_proxy: project.executor_proxy,
        auth_actions: projectActions(grantedIn(call)),
      },
    };
  },
});
