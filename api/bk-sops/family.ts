import { NAMES_NOBODY } from '../../access/authenticate';
import { NOT_AN_OBJECT, NOT_JSON } from '../body/members';
import { CREDENTIAL_FIELDS, headerCredentials } from '../credentials';
import type { Family } from '../family';
import { catalogEndpoints } from './catalog';
import { describe } from './describe';
import type { Endpoint } from './endpoint';
import { fail, succeed } from './envelope';
import { PLACE_FIELDS, peekProjectId, placeAndCredentials, readIds, readInput } from './fields';
import { placeOf } from './project';
import { isReadAtEsb, routesOf } from './routes';
import { scheduleEndpoints } from './schedules';
import { taskEndpoints } from './tasks';
import { templateEndpoints } from './templates';

/** Every endpoint of the family. */
export const endpoints: readonly Endpoint[] = [
  ...taskEndpoints,
  ...templateEndpoints,
  ...scheduleEndpoints,
  ...catalogEndpoints,
];

/** What clients know (bk-sops §7.1) of a body that cannot be parsed. */
function bodyText(message: string): string {
  return message.replace(NOT_JSON, 'invalid json format').replace(NOT_AN_OBJECT, 'request body must be a object');
}

/** What clients know (bk-sops §10) of a user without a name. */
function userText(message: string): string {
  const text = 'username cannot be empty, make sure api gateway has sent correct params: bk_username is';
  return message.replace(`${NAMES_NOBODY}:`, text);
}

/** The bk-sops task API (bk-sops §7). */
export const sops: Family<Endpoint> = {
  name: 'bk-sops',
  // Those of the pages that upstream's clients know, too.
  owns: (path) => /^\/(apigw|api\/c\/compapi|callback|taskflow)(\/|$)/.test(path),
  endpoints,
  routesOf,
  headerCredentials,
  openFields: [...CREDENTIAL_FIELDS, 'bk_biz_id', ...PLACE_FIELDS],
  outside: placeAndCredentials,
  readsQuery: ({ req }, endpoint) => isReadAtEsb(req.path, endpoint),
  peekProjectId,
  readPlace(context, { path }, { fields }) {
    const ids = readIds(context, path, fields);
    return { ids, ...(path.includes('bk_biz_id') ? { place: placeOf(ids.bk_biz_id, fields.scope) } : {}) };
  },
  readInput,
  wording: [
    { step: 'user', text: userText },
    { step: 'body', text: bodyText },
    { step: 'input', text: 'invalid params: ' },
  ],
  succeed,
  fail,
  describe,
};
