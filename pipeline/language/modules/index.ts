import type { PyValue } from '../values';
import { JSON_MODULE } from './json';

/** Modules that expressions may use (spec 4.1), by root name. */
export const MODULES: ReadonlyMap<string, PyValue> = new Map<string, PyValue>([['json', JSON_MODULE]]);
