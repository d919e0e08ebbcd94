import { z } from '@hono/zod-openapi';
import { DEFAULT_ACCOUNT } from '../../../db/businesses';
import { listClouds } from '../../../db/clouds';
import { createCloud } from '../../../inventory/hosts/clouds';
import { defineEndpoint, defineUserEndpoint } from '../endpoint';

const MAX_NAME_LENGTH = 100;

const cloud = z.object({ id: z.number().int().describe('0 is the default one'), name: z.string() });

/** The clouds in which hosts of a project may be: those of its supplier account. */
export const listCloudsEndpoint = defineEndpoint({
  name: 'list_clouds',
  method: 'get',
  path: '/projects/{project_id}/clouds',
  needs: 'viewer',
  summary: 'The clouds in which hosts of the project may be',
  input: z.object({}),
  data: z.object({ items: z.array(cloud) }),
  async run({ services, project }) {
    return { data: { items: await listClouds(services.db, project.supplier_account ?? DEFAULT_ACCOUNT) } };
  },
});

/** A cloud belongs to an account, not to a project. */
export const createCloudEndpoint = defineUserEndpoint({
  name: 'create_cloud',
  method: 'post',
  path: '/clouds',
  needs: 'trusted',
  summary: 'Make a cloud of a supplier account: hosts of different clouds may have the same address',
  input: z.object({
    name: z.string().trim().min(1).max(MAX_NAME_LENGTH),
    supplier_account: z.string().min(1).max(64).default(DEFAULT_ACCOUNT),
  }),
  data: cloud,
  async run({ services, actor }, { name, supplier_account }) {
    return { status: 201, data: await createCloud(services.db, { account: supplier_account, name }, actor) };
  },
});

export const cloudEndpoints = [listCloudsEndpoint, createCloudEndpoint];
