import { BUSINESS } from '../models/business';
import type { Searchable } from './searchable';

/** Businesses of the account of the path, of which every plain text is a part (cmdb §7). */
export const SEARCHED_BUSINESSES: Searchable = {
  model: BUSINESS,
  parts: [
    'bk_biz_name',
    'bk_biz_maintainer',
    'bk_biz_productor',
    'bk_biz_developer',
    'bk_biz_tester',
    'operator',
    'time_zone',
  ],
  ofPath: ['bk_supplier_account'],
};
