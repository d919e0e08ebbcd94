import { pythonStr } from '../language/python/value-text';
import type { VariableType } from './type';

/**
 * `bk_user_selector` and `staff_group_selector`: names joined by commas (bk-sops §4.7). Groups are handed on by their
 * own names or ids: who is in them is known to a CMDB only.
 */
export const people: VariableType = {
  resolve: (value, _clock, meter) =>
    Array.isArray(value) ? value.map((name) => pythonStr(name, meter)).join(',') : value,
};
