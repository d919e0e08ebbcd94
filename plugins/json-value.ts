import { z } from 'zod';
import type { Json } from '../pipeline/json';

/**
 * Any JSON value, with whole numbers of any size: zod's own knows no bigint. What a plugin is given was read as JSON, so it is
 * not looked at once more.
 */
export const jsonValue = z
  .unknown()
  .refine((value) => value !== undefined, 'it is missing') as unknown as z.ZodType<Json>;
