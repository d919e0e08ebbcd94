import { isEmptyDict, isPlainDict } from './dicts';
import { PyFloat } from './numbers';
import { PyBytes, PyDict, PyObject, PyRange, PySet, PyTuple, type PyValue, PyView } from './values';

/** Python's bool(value) (bk-sops §4.8). */
export function truthy(value: PyValue): boolean {
  if (value === null || value === false || value === 0 || value === '') return false;
  if (typeof value !== 'object') return value !== 0n;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof PyFloat) return value.value !== 0;
  if (value instanceof PyTuple || value instanceof PyView) return value.items.length > 0;
  if (value instanceof PyDict || value instanceof PySet) return value.size > 0;
  if (value instanceof PyRange) return value.length > 0;
  if (value instanceof PyBytes) return value.bytes.length > 0;
  if (value instanceof PyObject) return value.truthy();
  if (isPlainDict(value)) return !isEmptyDict(value);
  return true;
}
