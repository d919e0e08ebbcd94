import { z } from '@hono/zod-openapi';
import { wrongField } from '../../../base/error';
import { VARIABLE_NAME } from '../../../inventory/limits';
import { type Condition, requireBounded } from '../../../inventory/search/condition';
import { parseJson } from '../../body/parse';
import { readCondition } from '../../search/condition';
import { malformed } from '../../search/errors';

/** What the inventory calls that of a host which conditions can name. */
const ATTRIBUTES = new Map([
  ...['id', 'name', 'address', 'cloud_id', 'is_disabled', 'tags', 'created_at', 'updated_at'].map(
    (name) => [name, name] as const,
  ),
  ['modules', 'module_names'],
  ['sets', 'set_names'],
]);
const VARIABLE = 'variables.';
const FIELDS = `${[...ATTRIBUTES.keys()].join(', ')}, ${VARIABLE}NAME`;

/** The condition of a group, or of a list. */
export const condition = z
  .record(z.string(), z.unknown())
  .describe(
    `Of ${FIELDS}, as Mongo has it: {"tags": "web", "address": {"$regex": "^10\\\\."}, "variables.region": "eu"}`,
  );

/**
 * A condition on hosts.
 *
 * @throws GantryError `invalid`: `unknown` naming a field or an operator, `malformed`, `too_many`, `too_long`
 */
export function readHostCondition(sent: unknown): Condition {
  const read = readCondition({ attributeOf }, sent);
  requireBounded(read);
  return read;
}

/** A condition that stands in a query. @throws GantryError as readHostCondition */
export function readConditionText(text: string): Condition {
  return readHostCondition(parsed(text));
}

function parsed(text: string): unknown {
  try {
    return parseJson(text, ['condition']);
  } catch {
    throw malformed('condition', 'JSON, such as {"tags": "web"}');
  }
}

function attributeOf(name: string): string {
  const attribute = ATTRIBUTES.get(name);
  if (attribute !== undefined) return attribute;
  if (name.startsWith(VARIABLE) && VARIABLE_NAME.test(name.slice(VARIABLE.length))) return name;
  throw wrongField(`hosts have no ${name.slice(0, 100)}: a condition is of ${FIELDS}`, {
    code: 'unknown',
    args: { field: name },
  });
}
