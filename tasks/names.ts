import { GantryError } from '../base/error';
import { withoutForbidden } from '../pipeline/names';

const MAX_NAME_LENGTH = 100;
const CATEGORIES = [
  'OpsTools',
  'MonitorAlarm',
  'ConfManage',
  'DevTools',
  'EnterpriseIT',
  'OfficeApp',
  'Other',
  'Default',
];

/**
 * The name of a task or template without the characters that upstream takes out, cut to its length (bk-sops §2.5);
 * empty when nothing is left.
 */
export function cleanName(name: string): string {
  return [...withoutForbidden(name)].slice(0, MAX_NAME_LENGTH).join('');
}

/**
 * As `cleanName`, of which something has to be left.
 *
 * @param field what the client calls it
 * @throws GantryError `invalid` in step `input`
 */
export function requireCleanName(name: string, field: string): string {
  const clean = cleanName(name);
  if (clean !== '') return clean;
  const reason = { code: 'required', args: { field } } as const;
  throw new GantryError('invalid', `'${field}': is empty`, { step: 'input', reason });
}

/** A category that there is: others are `Default` (bk-sops §7.2). */
export function knownCategory(category: string): string {
  return CATEGORIES.includes(category) ? category : 'Default';
}
