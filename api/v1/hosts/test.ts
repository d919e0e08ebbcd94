import { z } from '@hono/zod-openapi';
import { requireHosts } from '../../../inventory/hosts/read';
import { probeHosts } from '../../../tasks/probe-hosts';
import { defineEndpoint } from '../endpoint';
import { answerProbe, hostIds, probe } from '../probes/schema';

export const testHostsEndpoint = defineEndpoint({
  name: 'test_hosts',
  method: 'post',
  path: '/projects/{project_id}/hosts/test',
  needs: 'operator',
  summary: 'Log in to hosts and ask them what they are: 202 where that takes longer than 10 seconds',
  input: z.object({
    host_ids: hostIds,
    account: z.string().min(1).max(255).optional().describe('As whom; absent: as who the profile says'),
  }),
  data: probe,
  async run({ services, project, caller, actor }, { host_ids: ids, account = null }) {
    await requireHosts(services.db, { projectId: project.id }, ids);
    const what = { kind: 'test', account } as const;
    return answerProbe(await probeHosts(services, { projectId: project.id, hostIds: ids, what }, { caller, actor }));
  },
});
