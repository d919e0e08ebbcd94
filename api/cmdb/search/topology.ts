import { MODULE } from '../models/module';
import { SET } from '../models/set';
import type { Searchable } from './searchable';

/** Sets of the business of the path (cmdb §7). */
export const SEARCHED_SETS: Searchable = { model: SET, ofPath: ['bk_biz_id', 'bk_supplier_account'] };

/** Modules of the business, or of the set, of the path (cmdb §7). */
export const SEARCHED_MODULES: Searchable = { model: MODULE, ofPath: ['bk_biz_id', 'bk_supplier_account'] };
