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

/** A category that there is: others are `Default` (bk-sops §7.2). */
export function knownCategory(category: string): string {
  return CATEGORIES.includes(category) ? category : 'Default';
}
