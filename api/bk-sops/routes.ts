import type { Route } from '../family';
import type { Endpoint } from './endpoint';

/** A route of the family, and how ids and credentials travel there. */
export interface StyledRoute extends Route {
  style: 'app' | 'system' | 'esb';
  methods: readonly Endpoint['method'][];
}

/**
 * Where an endpoint is served (bk-sops §7.1): at the gateway's path, at the same one below `system`, which some clients
 * call, and at the ESB's. The ESB takes any method and calls the backend with the one that it knows; but what changes
 * something is never a GET here, which anybody's page or crawler can send.
 */
export function routesOf({ name, method, path, onlyReads }: Endpoint): StyledRoute[] {
  const ids = path.map((id) => `/:${id}{[0-9]+}`).join('');
  return [
    { style: 'app', path: `/apigw/${name}${ids}`, methods: [method] },
    { style: 'system', path: `/apigw/system/${name}${ids}`, methods: [method] },
    {
      style: 'esb',
      path: `/api/c/compapi/v2/sops/${name}`,
      methods: method === 'get' || onlyReads ? ['get', 'post'] : ['post'],
    },
  ];
}
