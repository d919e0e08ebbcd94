import { MAX_PROJECT_NAME_LENGTH } from '../../access/projects';
import { isZone } from '../../base/zone';
import type { Attribute } from '../attributes';

/** Names of users, joined by commas. */
export const PEOPLE = { kind: 'text', maxLength: 2000 } as const;

/** The zone of a project that says nothing of it. */
const DEFAULT_ZONE = 'UTC';

/** What stands in the row of a business (cmdb §7). */
export const BUSINESS_ATTRIBUTES: readonly Attribute[] = [
  // It is its project's name too.
  { name: 'name', kind: 'text', maxLength: MAX_PROJECT_NAME_LENGTH, isRequired: true },
  { name: 'maintainer', ...PEOPLE },
  { name: 'productor', ...PEOPLE },
  { name: 'developer', ...PEOPLE },
  { name: 'tester', ...PEOPLE },
  { name: 'operator', ...PEOPLE },
  { name: 'life_cycle', kind: 'choice', choices: ['1', '2', '3'], fallback: '2' },
  { name: 'language', kind: 'choice', choices: ['1', '2'], fallback: '1' },
];

/** What stands in the row of its project. */
export const ZONE_ATTRIBUTE: Attribute = {
  name: 'time_zone',
  kind: 'text',
  maxLength: 100,
  hasForm: isZone,
  fallback: DEFAULT_ZONE,
};
