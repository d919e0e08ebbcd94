import type { ServedEndpoint } from '../endpoint';
import { create } from './create';
import { info } from './info';
import { list } from './list';
import { remove } from './remove';
import { update } from './update';

/** Rollout templates under their three names (orion §1.4). */
export const templateEndpoints: readonly ServedEndpoint[] = [...create, list, ...remove, info, update];
