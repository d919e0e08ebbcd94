import { z } from '@hono/zod-openapi';
import { requireOwnProxy } from '../../../access/permission';
import { changeProject } from '../../../access/projects';
import { defineEndpoint } from '../endpoint';

/** In whose name the tasks of a project do their work, where neither node, task nor template say (bk-sops §10). */
export const modifyProjectExecutorProxy = defineEndpoint({
  name: 'modify_project_executor_proxy',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'admin',
  summary: 'Set the executor proxy of a project; empty takes it away',
  input: z.object({ executor_proxy: z.string().max(128) }),
  data: z.object({ project_id: z.number().int(), executor_proxy: z.string() }),
  async run({ services, caller, project, actor }, { executor_proxy }) {
    requireOwnProxy(caller, executor_proxy);
    await changeProject(services.db, project.id, { executorProxy: executor_proxy }, actor);
    return { data: { project_id: project.id, executor_proxy } };
  },
});
