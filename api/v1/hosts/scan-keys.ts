import { z } from '@hono/zod-openapi';
import { requireHosts } from '../../../inventory/hosts/read';
import { probeHosts } from '../../../tasks/probe-hosts';
import { defineEndpoint } from '../endpoint';
import { answerProbe, hostIds, probe } from '../probes/schema';

export const scanHostKeysEndpoint = defineEndpoint({
  name: 'scan_host_keys',
  method: 'post',
  path: '/projects/{project_id}/hosts/scan-keys',
  needs: 'admin',
  summary: 'The keys that hosts show, trusted or not: 202 where that takes longer than 10 seconds',
  input: z.object({ host_ids: hostIds }),
  data: probe,
  async run({ services, project, caller, actor }, { host_ids: ids }) {
    await requireHosts(services.db, { projectId: project.id }, ids);
    const what = { kind: 'scan' } as const;
    return answerProbe(await probeHosts(services, { projectId: project.id, hostIds: ids, what }, { caller, actor }));
  },
});
