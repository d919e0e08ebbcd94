import type { Endpoint } from '../endpoint';

/** Plugins, projects and what else there is to choose from (spec 7.7). */
export const catalogEndpoints: readonly Endpoint[] = [];
