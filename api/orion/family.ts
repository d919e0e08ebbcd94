import type { Family } from '../family';
import { type Legacy, NO_LEGACY } from '../legacy';
import { implementationEndpoints } from './action-implementations';
import { actionEndpoints } from './actions';
import { parseBody } from './body';
import { clusterEndpoints } from './clusters';
import { describe } from './describe';
import type { ServedEndpoint } from './endpoint';
import { fail, succeed } from './envelope';
import { readInput } from './input';
import { inOrder, routesOf } from './paths';
import { peekProjectId, readPlace } from './place';
import { poolEndpoints } from './pools';
import { stepEndpoints } from './remote-steps';
import { savedTaskEndpoints } from './saved-tasks';
import { serviceEndpoints } from './services';
import { taskEndpoints } from './tasks';
import { templateEndpoints } from './templates';
import { credentialsOf } from './who';

/** Every endpoint of the family. */
export const endpoints: readonly ServedEndpoint[] = [
  ...clusterEndpoints,
  ...serviceEndpoints,
  ...poolEndpoints,
  ...actionEndpoints,
  ...implementationEndpoints,
  ...stepEndpoints,
  ...templateEndpoints,
  ...taskEndpoints,
  ...savedTaskEndpoints,
];

/** Orion's API at the paths of its document (orion §0), for clients that may be known by their address. */
export function orionFamily(legacy: Legacy): Family<ServedEndpoint> {
  return {
    name: 'orion',
    owns: (path) => /^\/(cluster|service|pool|task|task_tpl|task_step|remote_step|action|actimpl)(\/|$)/.test(path),
    endpoints: inOrder(endpoints),
    routesOf,
    headerCredentials: (header, context) => credentialsOf(header, legacy.entryOf(context)),
    openFields: [],
    // Fields may stand in either; of one that is in both, the body's counts.
    outside: (_endpoint, query) => query,
    readsBodyOfGet: true,
    parseBody,
    peekProjectId,
    readPlace: (context, endpoint, sent, services) => readPlace(context, endpoint, sent, services, legacy),
    readInput,
    succeed,
    fail,
    describe,
  };
}

export const orion = orionFamily(NO_LEGACY);
