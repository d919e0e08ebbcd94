import { headerCredentials } from '../credentials';
import type { Family } from '../family';
import { routed } from '../path';
import { businessEndpoints } from './businesses';
import { describe } from './describe';
import type { ServedEndpoint } from './endpoint';
import { fail, succeed } from './envelope';
import { hostEndpoints } from './hosts';
import { readInput } from './input';
import { moduleEndpoints } from './modules';
import { peekBusinessId, readPlace } from './place';
import { processEndpoints } from './processes';
import { setEndpoints } from './sets';
import { topologyEndpoints } from './topology';

/** Every endpoint of the family. */
export const endpoints: readonly ServedEndpoint[] = [
  ...processEndpoints,
  ...businessEndpoints,
  ...setEndpoints,
  ...moduleEndpoints,
  ...hostEndpoints,
  ...topologyEndpoints,
];

/** Whoever sends no name is this user, where the app is trusted to name one (cmdb §0). */
const NAMELESS = 'admin';

/** A path in the router's words. Where an account may stand, some paths have a word of their own. */
function routedPast(path: string): string {
  return routed(path).replace('/:account', '/:account{(?!(?:search|module)(?:/|$))[^/]+}');
}

/** BK-CMDB's API of version 3: processes, and the topology that they are bound to (cmdb). */
export const cmdb: Family<ServedEndpoint> = {
  name: 'cmdb',
  // Other versions are not there, which is said in this envelope too.
  owns: (path) => /^\/api\/v(?!1(\/|$))\d+(\/|$)/.test(path),
  endpoints,
  routesOf: ({ path, method }) => [{ path: `/api/v3${routedPast(path)}`, methods: [method] }],
  headerCredentials(header) {
    const given = headerCredentials(header);
    if (given.bk_token !== undefined || given.bk_username !== undefined) return given;
    return { ...given, bk_username: header('bk_user') || NAMELESS };
  },
  openFields: [],
  outside: () => ({}),
  peekProjectId: peekBusinessId,
  readPlace,
  readInput,
  succeed,
  fail,
  describe,
};
