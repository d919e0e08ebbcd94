import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import type { Json } from '../../../pipeline/json';
import { CRON_FIELDS, type Cron, normaliseCron } from '../../../schedules/cron';
import type { Wording } from '../../wording';

const MAX_CRON_FIELD_LENGTH = 240;
const MAX_LISTED = 200;
const DEFAULT_LISTED = 100;

/** The catch-up window: how late a firing may be made up for when the server or the workers were away. */
export const catchupSchema = z
  .number()
  .int()
  .min(10)
  .max(86_400)
  .default(300)
  .describe('How many seconds late a run may be made up for, when servers were away; later ones are dropped');

const cronField = z.union([z.string().max(MAX_CRON_FIELD_LENGTH), z.number().int().transform(String)]).optional();

/** The cron object of bk-sops §9.1; missing fields are `*`, so that a misspelt one would mean every minute. */
export const cronSchema = z
  .strictObject(Object.fromEntries(CRON_FIELDS.map((field) => [field, cronField])), {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `there is no field ${issue.keys.join(', ')}: a cron has ${CRON_FIELDS.join(', ')}`
        : undefined,
  })
  .transform((given): Cron => normaliseCron(given));

/** Values by key, `${name}`. */
export const constantsSchema = z
  .record(z.string(), z.unknown())
  .default({})
  .transform((values) => values as Record<string, Json>);

/** Flags are text in a query. */
export const flagSchema = z
  .union([z.boolean(), z.string()])
  .optional()
  .transform((given) => given === true || given === 'true' || given === '1' || given === 'True');

/** How upstream begins what it says of the names of schedules. */
export const NAME_WORDING: Wording = { step: 'name', text: 'task params is invalid: ' };

/** `limit` and `offset` of a list's query. */
export const pageFields = { limit: z.string().optional(), offset: z.string().optional() };

/** @throws GantryError `wrong_state`, which the family answers bad pages with */
export function readPage({ limit, offset }: { limit?: string | undefined; offset?: string | undefined }) {
  return {
    limit: readCount('limit', limit, { otherwise: DEFAULT_LISTED, min: 1, max: MAX_LISTED }),
    offset: readCount('offset', offset, { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER }),
  };
}

function readCount(
  field: string,
  text: string | undefined,
  { otherwise, min, max }: { otherwise: number; min: number; max: number },
): number {
  if (text === undefined) return otherwise;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new GantryError('wrong_state', `${field} is not a number from ${min} to ${max}: ${text}`);
}
