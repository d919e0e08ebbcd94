import type { Type } from './signatures';

/** How often a loop goes round. */
export const ROUNDS = ['3', '30', '300', '2000', '9000', '100000'] as const;
/** Types that most expressions are about. */
export const COMMON: readonly (readonly [number, Type])[] = [
  [6, 'text'],
  [4, 'list'],
  [3, 'int'],
  [2, 'dict'],
  [2, 'set'],
  [1, 'tuple'],
  [1, 'bool'],
  [1, 'float'],
  [1, 'bytes'],
  [1, 'match'],
  [1, 'view'],
  [1, 'datetime'],
  [1, 'hash'],
  [1, 'pattern'],
];
/** What can be walked through. */
export const ITERABLE: readonly (readonly [number, Type])[] = [
  [4, 'list'],
  [2, 'text'],
  [2, 'set'],
  [2, 'dict'],
  [1, 'tuple'],
  [1, 'range'],
  [1, 'view'],
];
