import { processSource } from '../../../inventory/processes/search';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { PROCESS } from '../models/process';
import { answerSearch } from '../search/answer';
import { SEARCHED_PROCESSES } from '../search/processes';
import { found, searchBody } from '../search/schema';

/** Searches the processes of a business (cmdb §4). */
export const searchProcess = defineEndpoint({
  name: 'search_process',
  method: 'post',
  path: '/proc/search/{account}/{bk_biz_id}',
  needs: 'viewer',
  summary: 'Search processes',
  model: PROCESS,
  storeFailure: CODES.processSearchFailed,
  input: searchBody,
  data: found,
  async run({ services, business }, input) {
    return { data: await answerSearch(services.db, processSource(business.businessId), SEARCHED_PROCESSES, input) };
  },
});
