import { processSource } from '../../../inventory/processes/search';
import { search } from '../../../inventory/search/search';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { PROCESS } from '../models/process';
import { shown } from '../models/shown';
import { SEARCHED_PROCESSES } from '../search/processes';
import { readSearch } from '../search/read';
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
    const asked = readSearch(SEARCHED_PROCESSES, input);
    const { count, rows } = await search(services.db, processSource(business.businessId), asked);
    return { data: { count, info: rows.map((row) => shown(PROCESS, row)) } };
  },
});
