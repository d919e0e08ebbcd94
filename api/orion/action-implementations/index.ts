import type { ServedEndpoint } from '../endpoint';
import { create } from './create';
import { info } from './info';
import { list } from './list';
import { remove } from './remove';
import { update } from './update';

/** What actions do (orion §1.6). */
export const implementationEndpoints: readonly ServedEndpoint[] = [list, create, update, remove, info];
