import type { ServedEndpoint } from '../endpoint';
import { available } from './available';
import { create } from './create';
import { info } from './info';
import { list } from './list';
import { remove } from './remove';
import { update } from './update';

/** Steps (orion §1.6). */
export const stepEndpoints: readonly ServedEndpoint[] = [available, list, create, update, remove, info];
