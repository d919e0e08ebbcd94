import { wrongField } from '../../base/error';
import { VARIABLE_NAME } from '../limits';
import { type Condition, requireBounded } from '../search/condition';
import { readCondition } from '../search/mongo/condition';

/** What the inventory calls that of a host which conditions can name. */
const ATTRIBUTES = new Map([
  ...['id', 'name', 'address', 'cloud_id', 'is_disabled', 'tags', 'created_at', 'updated_at'].map(
    (name) => [name, name] as const,
  ),
  ['modules', 'module_names'],
  ['sets', 'set_names'],
]);
const VARIABLE = 'variables.';

/** What a condition may be of. */
export const SELECTOR_FIELDS = `${[...ATTRIBUTES.keys()].join(', ')}, ${VARIABLE}NAME`;

/**
 * A condition on hosts, such as that of a host group.
 *
 * @throws GantryError `invalid`: `unknown` naming a field or an operator, `malformed`, `too_many`, `too_long`
 */
export function readHostCondition(sent: unknown): Condition {
  const read = readCondition({ attributeOf }, sent);
  requireBounded(read);
  return read;
}

function attributeOf(name: string): string {
  const attribute = ATTRIBUTES.get(name);
  if (attribute !== undefined) return attribute;
  if (name.startsWith(VARIABLE) && VARIABLE_NAME.test(name.slice(VARIABLE.length))) return name;
  throw wrongField(`hosts have no ${name.slice(0, 100)}: a condition is of ${SELECTOR_FIELDS}`, {
    code: 'unknown',
    args: { field: name },
  });
}
