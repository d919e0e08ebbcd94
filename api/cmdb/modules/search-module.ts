import { moduleSource } from '../../../inventory/topology/search';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { MODULE } from '../models/module';
import { answerSearch } from '../search/answer';
import { found, searchBody } from '../search/schema';
import { SEARCHED_MODULES } from '../search/topology';

/** Searches the modules of a set (cmdb §7). */
export const searchModule = defineEndpoint({
  name: 'search_module',
  method: 'post',
  path: '/module/search/{account}/{bk_biz_id}/{bk_set_id}',
  needs: 'viewer',
  summary: 'Search the modules of a set',
  model: MODULE,
  storeFailure: CODES.selectFailed,
  input: searchBody,
  data: found,
  async run({ services, business, ids }, input) {
    const source = moduleSource(business.businessId, ids.bk_set_id!);
    return { data: await answerSearch(services.db, source, SEARCHED_MODULES, input) };
  },
});
