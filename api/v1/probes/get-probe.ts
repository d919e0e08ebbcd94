import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { defineEndpoint } from '../endpoint';
import { probe, showProbe } from './schema';

export const getProbeEndpoint = defineEndpoint({
  name: 'get_probe',
  method: 'get',
  path: '/projects/{project_id}/probes/{probe_id}',
  needs: 'operator',
  summary: 'What came of a test of hosts, or a scan of their keys, as long as it is known',
  input: z.object({}),
  data: probe,
  async run({ services, project, ids }) {
    const id = ids.probe_id!;
    const seen = await services.probes.look({ projectId: project.id, probeId: id });
    if (seen) return { data: showProbe(id, seen) };
    throw new GantryError('not_found', `probe ${id} does not exist in this project, or is no longer known`, {
      reason: { code: 'not_found', args: { what: 'probe', id } },
    });
  },
});
