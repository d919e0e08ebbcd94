import { MAX_INTEGER } from '../../db/schema';
import type { Attribute } from '../attributes';
import { PEOPLE } from '../businesses/attributes';
import { isIpAddress } from '../ip-text';
import { MAX_HOST_NAME_LENGTH } from '../limits';

/** What can be changed of a host (cmdb §7). */
export const HOST_ATTRIBUTES: readonly Attribute[] = [
  { name: 'name', kind: 'text', maxLength: MAX_HOST_NAME_LENGTH },
  { name: 'outer_address', kind: 'text', maxLength: 256 },
  { name: 'os_name', kind: 'text', maxLength: 256 },
  { name: 'operator', ...PEOPLE },
  { name: 'backup_operator', ...PEOPLE },
  { name: 'asset_id', kind: 'text', maxLength: 256 },
  { name: 'serial_number', kind: 'text', maxLength: 256 },
  { name: 'comment', kind: 'text', maxLength: 2000 },
];

/** What a host is found by. */
export const HOST_KEY: readonly Attribute[] = [
  { name: 'address', kind: 'text', isRequired: true, hasForm: isIpAddress },
  { name: 'cloud_id', kind: 'integer', range: { min: 0, max: MAX_INTEGER }, fallback: 0 },
];
