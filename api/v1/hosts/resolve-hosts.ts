import { z } from '@hono/zod-openapi';
import { resolveIpText } from '../../../inventory/hosts/resolve';
import type { IpProblem } from '../../../inventory/ip-text';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { briefHost, showBrief } from './schema';

const problem = z.object({
  kind: z.enum(['not_an_address', 'unknown', 'other_business', 'ambiguous', 'duplicate']),
  token: z.string().describe('As it was written'),
  position: z.number().int().describe('Of its first character in the text, from 1'),
  message: z.string(),
  choices: z.array(z.string()).optional().describe('What could be written instead, where several hosts are meant'),
  business_id: z.number().int().optional().describe('Whose host it is, where the user has a role there'),
});

/** Which hosts a text means. */
export const resolveHostsEndpoint = defineEndpoint({
  name: 'resolve_hosts',
  method: 'post',
  path: '/projects/{project_id}/hosts/resolve',
  needs: 'viewer',
  summary: 'Which hosts of the project a text of addresses, ranges, ids and set|module|address means',
  input: z.object({ text: z.string() }),
  data: z.object({ hosts: z.array(briefHost).describe('In the order of the text'), problems: z.array(problem) }),
  async run({ services, project, caller }, { text }) {
    const { hosts, problems } = await resolveIpText(services.db, inventoryOf(project), text, caller);
    return { data: { hosts: hosts.map(showBrief), problems: problems.map(showProblem) } };
  },
});

function showProblem({ businessId, ...rest }: IpProblem): z.input<typeof problem> {
  return { ...rest, ...(businessId === undefined ? {} : { business_id: businessId }) };
}
