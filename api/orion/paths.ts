import { routed } from '../path';
import type { ServedEndpoint } from './endpoint';

/** Paths in the router's words. */
export function routesOf(endpoint: Pick<ServedEndpoint, 'paths'>) {
  return endpoint.paths.map((path) => ({ path: routed(path), methods: VERBS }));
}

/** Every verb is as good as any other (orion §0). */
const VERBS = ['get', 'post', 'put', 'delete'] as const;

/**
 * In the order in which the router has to know them: `/pool/list` before `/pool/{id}`. An endpoint with several paths is
 * taken apart.
 */
export function inOrder(endpoints: readonly ServedEndpoint[]): ServedEndpoint[] {
  const apart = endpoints.flatMap((endpoint) => endpoint.paths.map((path) => ({ ...endpoint, paths: [path] })));
  return apart.sort((one, other) => rankOf(one.paths[0]!).localeCompare(rankOf(other.paths[0]!)));
}

/** Sorts words before parameters, segment by segment. */
function rankOf(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment.startsWith('{') ? '1' : '0'))
    .join('');
}
