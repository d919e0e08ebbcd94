import { z } from '@hono/zod-openapi';
import { findHosts } from '../../../inventory/hosts/find';
import { CODES } from '../codes';
import { defineAccountEndpoint } from '../endpoint';
import { BUSINESS } from '../models/business';
import { HOST } from '../models/host';
import type { Model } from '../models/model';
import { MODULE } from '../models/module';
import { SET } from '../models/set';
import { shown } from '../models/shown';
import { told } from '../schema';
import { propertiesAsked } from '../search/answer';
import { hostSearchBody, readHostSearch } from '../search/hosts';

/** Searches hosts by what and where they are, in a business or in all of an account (cmdb §7). */
export const searchHost = defineAccountEndpoint({
  name: 'search_host',
  method: 'post',
  path: '/hosts/search',
  business: 'optional field',
  // Outside of businesses nobody has a role: all of an account is for trusted apps.
  needs: 'viewer',
  summary: 'Search hosts of a business; without one, all that the account has',
  model: HOST,
  storeFailure: CODES.selectFailed,
  input: hostSearchBody,
  data: z.object({
    count: z.number().int().describe('All that match, on whatever page'),
    info: z.array(
      z.object({
        host: told(HOST).partial(),
        biz: z.array(told(BUSINESS).partial()).describe('None for a host of the resource pool'),
        set: z.array(told(SET).partial()),
        module: z.array(told(MODULE).partial()),
      }),
    ),
  }),
  async run({ services, account, business }, input) {
    const { query, fields } = readHostSearch(input);
    const { count, hosts } = await findHosts(services.db, { account, ...(business && { business }) }, query);
    const show = {
      host: shower(HOST, fields.host, account),
      biz: shower(BUSINESS, fields.biz, account),
      set: shower(SET, fields.set, account),
      module: shower(MODULE, fields.module, account),
    };
    const info = hosts.map(({ host, business, sets, modules }) => ({
      host: show.host(host),
      biz: business ? [show.biz(business)] : [],
      set: sets.map(show.set),
      module: modules.map(show.module),
    }));
    return { data: { count, info } };
  },
});

function shower(model: Model, fields: readonly string[], account: string) {
  const isAsked = propertiesAsked({ model }, fields);
  return (row: object): Record<string, unknown> => {
    const properties = Object.entries(shown(model, { ...row, supplier_account: account }));
    return Object.fromEntries(properties.filter(([id]) => isAsked(id)));
  };
}
