import { setSource } from '../../../inventory/topology/search';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { SET } from '../models/set';
import { answerSearch } from '../search/answer';
import { found, searchBody } from '../search/schema';
import { SEARCHED_SETS } from '../search/topology';

/** Searches the sets of a business (cmdb §7). */
export const searchSet = defineEndpoint({
  name: 'search_set',
  method: 'post',
  path: '/set/search/{account}/{bk_biz_id}',
  needs: 'viewer',
  summary: 'Search sets',
  model: SET,
  storeFailure: CODES.selectFailed,
  input: searchBody,
  data: found,
  async run({ services, business }, input) {
    return { data: await answerSearch(services.db, setSource(business.businessId), SEARCHED_SETS, input) };
  },
});
