import { PROCESS } from '../models/process';
import type { Searchable } from './searchable';

/** Processes of the business of the path (cmdb §4). */
export const SEARCHED_PROCESSES: Searchable = {
  model: PROCESS,
  conditions: { bk_module_name: 'module_names' },
  parts: ['bk_process_name'],
  textOnly: ['bk_process_name'],
  ofPath: ['bk_biz_id', 'bk_supplier_account'],
};
