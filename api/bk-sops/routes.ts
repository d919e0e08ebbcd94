import type { Route } from '../family';
import type { Endpoint } from './endpoint';

/** A route of the family, and how ids and credentials travel there. */
export interface StyledRoute extends Route {
  style: 'app' | 'system' | 'esb';
  methods: readonly Endpoint['method'][];
}

const ESB = '/api/c/compapi/v2/sops/';

/**
 * Whether a request comes by the ESB for what only reads: there a POST without a body may have its fields in the query, as
 * a GET has. What changes something has them in a body.
 */
export function isReadAtEsb(path: string, endpoint: Endpoint): boolean {
  return path.startsWith(ESB) && esbMethods(endpoint).includes('get');
}

/**
 * Where an endpoint is served (bk-sops §7.1): at the gateway's path, at the same one below `system`, which some clients
 * call, and at the ESB's. The ESB takes any method and calls the backend with the one that it knows; but what changes
 * something is never a GET here, which anybody's page or crawler can send.
 */
export function routesOf(endpoint: Endpoint): StyledRoute[] {
  const { name, method, path } = endpoint;
  const ids = path.map((id) => `/:${id}{[0-9]+}`).join('');
  return [
    { style: 'app', path: `/apigw/${name}${ids}`, methods: [method] },
    { style: 'system', path: `/apigw/system/${name}${ids}`, methods: [method] },
    {
      style: 'esb',
      path: ESB + name,
      methods: esbMethods(endpoint),
    },
  ];
}

function esbMethods({ method, onlyReads }: Pick<Endpoint, 'method' | 'onlyReads'>): readonly Endpoint['method'][] {
  return method === 'get' || onlyReads ? ['get', 'post'] : ['post'];
}
