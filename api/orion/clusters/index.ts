import type { ServedEndpoint } from '../endpoint';
import { get, list, services } from './read';
import { create, remove, update } from './write';

/** Clusters (orion §1.1). */
export const clusterEndpoints: readonly ServedEndpoint[] = [list, create, update, remove, get, services];
