import { z } from '@hono/zod-openapi';
import { grantRole } from '../../../access/users';
import { listRoles } from '../../../db/access';
import { defineEndpoint } from '../endpoint';

const role = z.enum(['viewer', 'operator', 'editor', 'admin']);

/** Who may do what in a project; not in bk-sops' gateway, whose permissions are IAM's. */
export const getProjectRoles = defineEndpoint({
  name: 'get_project_roles',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'admin',
  summary: 'Who has which role in a project',
  input: z.object({}),
  data: z.array(z.object({ username: z.string(), role })),
  async run({ services, project }) {
    return { data: await listRoles(services.db, project.id) };
  },
});

/** Gives a user a role in a project in place of the one before; null takes it away. */
export const setProjectRole = defineEndpoint({
  name: 'set_project_role',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'admin',
  summary: 'Give a user a role in a project, or take it',
  input: z.object({ username: z.string(), role: role.nullable() }),
  data: z.object({ username: z.string(), role: role.nullable() }),
  async run({ services, project, actor }, grant) {
    await grantRole(services.db, project.id, grant, actor);
    return { data: grant };
  },
});
