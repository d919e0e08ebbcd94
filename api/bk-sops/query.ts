import { z } from '@hono/zod-openapi';
import { MAX_INTEGER } from '../../db/schema';

/** A whole number, as one or as text. */
export function wholeNumber(least: number, most = MAX_INTEGER) {
  const text = z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number);
  return z
    .union([z.number(), text], `is not a whole number from ${least} to ${most}`)
    .pipe(z.number().int().min(least).max(most));
}

/** Ids with commas between them; a list of them is as good. What comes out is the text. */
export const idList = z
  .union([z.string(), z.array(z.union([z.string(), z.number()])).transform((ids) => ids.join(','))])
  .optional();

/** A flag that any text switches on, as upstream has it; what is `false` or 0 in a JSON body leaves it off. */
export const anyText = z.union([z.string(), z.boolean(), z.number()]).optional().transform(Boolean);
