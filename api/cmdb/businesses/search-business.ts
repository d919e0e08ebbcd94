import { listProjects } from '../../../db/projects';
import { businessSource } from '../../../inventory/businesses/search';
import { CODES } from '../codes';
import { defineAccountEndpoint } from '../endpoint';
import { BUSINESS } from '../models/business';
import { answerSearch } from '../search/answer';
import { SEARCHED_BUSINESSES } from '../search/businesses';
import { found, searchBody } from '../search/schema';

/** Searches the businesses of an account in which the user has a role, and for a trusted app all of them (cmdb §7). */
export const searchBusiness = defineAccountEndpoint({
  name: 'search_business',
  method: 'post',
  path: '/biz/search/{account}',
  needs: 'user',
  summary: 'Search businesses',
  model: BUSINESS,
  storeFailure: CODES.selectFailed,
  input: searchBody,
  data: found,
  async run({ services: { db }, account, caller: { app, username } }, input) {
    const visible = app.trusted ? 'all' : (await listProjects(db, { username })).map(({ id }) => id);
    return { data: await answerSearch(db, businessSource(account, visible), SEARCHED_BUSINESSES, input) };
  },
});
