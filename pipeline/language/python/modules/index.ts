import type { PyValue } from '../values';
import { DATETIME_MODULE } from './datetime';
import { HASHLIB_MODULE } from './hashlib';
import { JSON_MODULE } from './json';
import { OS_MODULE } from './os-path';
import { RANDOM_MODULE } from './random';
import { RE_MODULE } from './re';
import { TIME_MODULE } from './time';

/** Modules that expressions may use (bk-sops §4.1), by root name. */
export const MODULES: ReadonlyMap<string, PyValue> = new Map<string, PyValue>([
  ['datetime', DATETIME_MODULE],
  ['hashlib', HASHLIB_MODULE],
  ['json', JSON_MODULE],
  ['os', OS_MODULE],
  ['random', RANDOM_MODULE],
  ['re', RE_MODULE],
  ['time', TIME_MODULE],
]);
