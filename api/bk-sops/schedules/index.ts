import type { Endpoint } from '../endpoint';

/** Periodic and clocked tasks (spec 7.6). */
export const scheduleEndpoints: readonly Endpoint[] = [];
