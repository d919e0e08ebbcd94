import { methodTable } from '../../functions';
import { CASE_METHODS } from './case';
import { encode, join, makeTranslation, replace, translate } from './change';
import { expandTabs, justify, zfill } from './layout';
import { partition, removeAffix, split, splitLines, strip } from './parts';
import { PREDICATES } from './predicates';
import { affix, count, find } from './search';

/** Methods of str, but for `format` and `format_map`, which the sandbox forbids (bk-sops §4.1). */
export const TEXT_METHODS = methodTable<string>({
  center: justify('center'),
  count,
  encode,
  endswith: affix('endsWith'),
  expandtabs: expandTabs,
  find: find('first', 'minus one'),
  index: find('first', 'error'),
  ...PREDICATES,
  ...CASE_METHODS,
  join,
  ljust: justify('left'),
  lstrip: strip('left'),
  maketrans: (_self, args, run) => makeTranslation(args, run),
  partition: partition('left'),
  removeprefix: removeAffix('prefix'),
  removesuffix: removeAffix('suffix'),
  replace,
  rfind: find('last', 'minus one'),
  rindex: find('last', 'error'),
  rjust: justify('right'),
  rpartition: partition('right'),
  rsplit: split('right'),
  rstrip: strip('right'),
  split: split('left'),
  splitlines: splitLines,
  startswith: affix('startsWith'),
  strip: strip('both'),
  translate,
  zfill,
});
