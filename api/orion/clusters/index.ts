import type { ServedEndpoint } from '../endpoint';
import { list } from './list';

/** Clusters (orion §1.1). */
export const clusterEndpoints: readonly ServedEndpoint[] = [list];
