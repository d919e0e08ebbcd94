import type { Attribute } from '../attributes';
import { PEOPLE } from '../businesses/attributes';

const NAME = { name: 'name', kind: 'text', maxLength: 256, isRequired: true } as const;

/** What a set is (cmdb §7). */
export const SET_ATTRIBUTES: readonly Attribute[] = [
  NAME,
  { name: 'summary', kind: 'text', maxLength: 256 },
  { name: 'environment', kind: 'choice', choices: ['1', '2', '3'], fallback: '3' },
  { name: 'service_status', kind: 'choice', choices: ['1', '2'], fallback: '1' },
  { name: 'capacity', kind: 'integer', range: { min: 1, max: 999_999_999 } },
  { name: 'description', kind: 'text', maxLength: 2000 },
];

/** What a module is (cmdb §7). */
export const MODULE_ATTRIBUTES: readonly Attribute[] = [
  { ...NAME, hasForm: isNotOfPaths, form: 'a name that can stand in a path: not . or ..' },
  { name: 'type', kind: 'choice', choices: ['1', '2'], fallback: '1' },
  { name: 'operator', ...PEOPLE },
  { name: 'backup_operator', ...PEOPLE },
];

/** Bindings name modules in paths, where these mean something else. */
function isNotOfPaths(name: string): boolean {
  return name !== '.' && name !== '..';
}
