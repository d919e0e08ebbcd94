import { z } from '@hono/zod-openapi';
import { removeConstant, setConstant } from '../../../access/project-constants';
import { listProjectConstants } from '../../../db/projects';
import { defineEndpoint } from '../endpoint';

const constant = z.object({ key: z.string(), value: z.string(), description: z.string() });

/** The constants of a project, which its tasks read as `${_env_<key>}` (bk-sops §4.6). */
export const getProjectConstants = defineEndpoint({
  name: 'get_project_constants',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'The constants of a project',
  input: z.object({}),
  data: z.array(constant),
  async run({ services, project }) {
    return { data: await listProjectConstants(services.db, project.id) };
  },
});

/** Tasks take the constants along when they start: those that run keep the values that they have. */
export const setProjectConstantEndpoint = defineEndpoint({
  name: 'set_project_constant',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'editor',
  summary: 'Set a constant of a project',
  input: constant.extend({ description: z.string().default('') }),
  data: constant,
  async run({ services, project, actor }, input) {
    await setConstant(services.db, project.id, input, actor);
    return { data: input };
  },
});

export const deleteProjectConstantEndpoint = defineEndpoint({
  name: 'delete_project_constant',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'editor',
  summary: 'Delete a constant of a project',
  input: z.object({ key: z.string() }),
  data: z.object({}),
  async run({ services, project, actor }, { key }) {
    await removeConstant(services.db, project.id, key, actor);
    return { data: {} };
  },
});
