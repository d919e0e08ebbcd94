import { z } from '@hono/zod-openapi';
import { listProjectsWithBusiness } from '../../../db/projects';
import { defineUserEndpoint } from '../endpoint';
import { page, pageOf, toPage } from '../list';

const project = z.object({
  id: z.number().int(),
  name: z.string(),
  time_zone: z.string(),
  business: z
    .object({ id: z.number().int(), name: z.string(), supplier_account: z.string() })
    .nullable()
    .describe('What its topology is; null when it was deleted'),
});

/** The projects that the user has a role in; to a trusted app all. */
export const listProjectsEndpoint = defineUserEndpoint({
  name: 'list_projects',
  method: 'get',
  path: '/projects',
  needs: 'user',
  summary: 'The projects that the user has a role in',
  input: page,
  data: pageOf(project),
  async run({ services, caller }, { after, limit }) {
    const username = caller.app.trusted ? undefined : caller.username;
    const rows = await listProjectsWithBusiness(services.db, { username, after, limit: limit + 1 });
    return {
      data: toPage(rows, limit, ({ id, name, time_zone, business_id, business_name, supplier_account }) => ({
        id,
        name,
        time_zone,
        business:
          business_id === null ? null : { id: business_id, name: business_name!, supplier_account: supplier_account! },
      })),
    };
  },
});
