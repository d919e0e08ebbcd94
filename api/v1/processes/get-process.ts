import { z } from '@hono/zod-openapi';
import { readProcess } from '../../../inventory/processes/read';
import { inventoryOf } from '../../inventory-of';
import { named } from '../business';
import { defineEndpoint } from '../endpoint';
import { briefHost, showBrief } from '../hosts/schema';
import { process, showProcess } from './schema';

/** A process with what it is bound to, and where it is. */
export const getProcessEndpoint = defineEndpoint({
  name: 'get_process',
  method: 'get',
  path: '/projects/{project_id}/processes/{process_id}',
  needs: 'viewer',
  summary: 'A process, the modules that it is bound to, and its hosts',
  input: z.object({}),
  data: process.extend({
    module_names: z
      .array(z.string())
      .describe('It is bound to all modules of these names, also to those of the future'),
    module_count: z.number().int(),
    modules: z.array(named.extend({ set: named })).describe('Of these names; the first 100'),
    host_count: z.number().int(),
    hosts: z.array(briefHost).describe('Of these modules; the first 100'),
  }),
  async run({ services, project, ids }) {
    const read = await readProcess(services.db, inventoryOf(project), ids.process_id!);
    return {
      data: {
        ...showProcess(read.process),
        module_names: read.moduleNames,
        module_count: read.moduleCount,
        modules: read.modules.map(({ id, name, set_id, set_name }) => ({
          id,
          name,
          set: { id: set_id, name: set_name },
        })),
        host_count: read.hostCount,
        hosts: read.hosts.map(showBrief),
      },
    };
  },
});
