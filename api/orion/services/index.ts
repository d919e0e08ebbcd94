import type { ServedEndpoint } from '../endpoint';
import { get } from './read';
import { create, remove, update } from './write';

/** Services of clusters (orion §1.2). */
export const serviceEndpoints: readonly ServedEndpoint[] = [create, update, remove, get];
