import type { ServedEndpoint } from '../endpoint';
import { expandList, uploadList } from './list';
import { save } from './save';

/** Saved tasks: what is done with pools by the clock (orion §8). */
export const savedTaskEndpoints: readonly ServedEndpoint[] = [save, expandList, uploadList];
