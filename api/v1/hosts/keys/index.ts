import { z } from '@hono/zod-openapi';
import { MAX_INTEGER } from '../../../../db/schema';
import {
  listHostKeys,
  MAX_HOSTS_TRUSTED,
  MAX_KEYS_OF_HOST,
  revokeHostKey,
  trustHosts,
} from '../../../../inventory/ssh/host-keys';
import { defineEndpoint } from '../../endpoint';
import { hostKey, sentKey, showKey } from './schema';

const trusted = z.object({
  host_id: z.number().int().min(0).max(MAX_INTEGER),
  keys: z.array(sentKey).min(1).max(MAX_KEYS_OF_HOST),
  replace: z.boolean().optional().describe('Others that it is known by are revoked'),
});

export const listHostKeysEndpoint = defineEndpoint({
  name: 'list_host_keys',
  method: 'get',
  path: '/projects/{project_id}/hosts/{host_id}/keys',
  needs: 'viewer',
  summary: 'The keys by which a host is known; by any other it is refused',
  input: z.object({}),
  data: z.object({ items: z.array(hostKey) }),
  async run({ services, project, ids }) {
    const keys = await listHostKeys(services.db, { projectId: project.id }, ids.host_id!);
    return { data: { items: keys.map(showKey) } };
  },
});

export const trustHostsEndpoint = defineEndpoint({
  name: 'trust_hosts',
  method: 'post',
  path: '/projects/{project_id}/hosts/trust',
  needs: 'admin',
  summary: 'Have hosts known by keys, all of them or none',
  input: z.object({
    hosts: z.array(trusted).min(1).max(MAX_HOSTS_TRUSTED),
    source: z
      .enum(['given', 'scan'])
      .default('given')
      .describe('scan: they are those that the hosts showed, and somebody looked at them'),
  }),
  data: z.object({ items: z.array(hostKey).describe('All that the hosts are known by now') }),
  async run({ services, project, actor }, { hosts, source }) {
    const wanted = hosts.map(({ host_id: hostId, ...rest }) => ({ hostId, ...rest }));
    const keys = await trustHosts(services.db, { projectId: project.id }, { hosts: wanted, source }, actor);
    return { data: { items: keys.map(showKey) } };
  },
});

export const revokeHostKeyEndpoint = defineEndpoint({
  name: 'revoke_host_key',
  method: 'delete',
  path: '/projects/{project_id}/hosts/{host_id}/keys/{key_id}',
  needs: 'admin',
  summary: 'Have a host known by a key no more',
  input: z.object({}),
  async run({ services, project, ids, actor }) {
    await revokeHostKey(services.db, { projectId: project.id }, { hostId: ids.host_id!, keyId: ids.key_id! }, actor);
    return {};
  },
});

export const hostKeyEndpoints = [listHostKeysEndpoint, trustHostsEndpoint, revokeHostKeyEndpoint];
