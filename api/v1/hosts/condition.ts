import { z } from '@hono/zod-openapi';
import { readHostCondition, SELECTOR_FIELDS } from '../../../inventory/hosts/selector';
import type { Condition } from '../../../inventory/search/condition';
import { malformed } from '../../../inventory/search/mongo/errors';
import { parseJson } from '../../body/parse';

/** The condition of a group, or of a list. */
export const condition = z
  .record(z.string(), z.unknown())
  .describe(
    `Of ${SELECTOR_FIELDS}, as Mongo has it: {"tags": "web", "address": {"$regex": "^10\\\\."}, "variables.region": "eu"}`,
  );

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
