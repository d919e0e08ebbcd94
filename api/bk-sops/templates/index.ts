import type { Endpoint } from '../endpoint';

/** Templates (spec 7.5). */
export const templateEndpoints: readonly Endpoint[] = [];
