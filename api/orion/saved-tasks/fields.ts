import { z } from '@hono/zod-openapi';
import { MAX_CRON_ITEMS, MAX_DEPEND_ITEMS } from '../../../schedules/pools/save';
import { inAnyCase, list, text, whole, wholeOrNone } from '../fields';

const MAX_HOSTS = 10_000;
const MAX_RATIO = 1_000;
const MAX_STEP_NAME = 100;

/** 0 or 1, or a boolean, or a text of one. */
const ignore = z
  .preprocess((given) => (typeof given === 'boolean' ? Number(given) : given), wholeOrNone({ max: 1 }))
  .transform((given) => given === 1);

const cronShape = {
  instance_num: wholeOrNone({ max: MAX_HOSTS }).describe('Hosts that the pool is to have'),
  concurr_ratio: wholeOrNone({ max: 100 }).describe('Of an upload: percent of the pool at once, from 1 to 100'),
  concurr_num: wholeOrNone({ max: MAX_HOSTS }).describe('Of an upload: hosts at once, at least 1'),
  week_day: wholeOrNone({ max: 7 }).describe('0: every day; 1: Sunday, to 7: Saturday'),
  time: z
    .string()
    .trim()
    .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'send HH:MM, from 00:00 to 23:59')
    .describe('`HH:MM` in the project’s zone; seconds mean nothing'),
  ignore: ignore.describe('1: kept, and not done'),
};

const dependShape = {
  pool_id: whole({ min: 1 }),
  ratio: z
    .preprocess((given) => (typeof given === 'string' && given.trim() !== '' ? Number(given) : given), z.number())
    .refine((given) => given > 0 && given <= MAX_RATIO, `send a number above 0, at most ${MAX_RATIO}`)
    .describe('Hosts that the other pool has to have for each one of this'),
  elastic_count: wholeOrNone({ max: MAX_HOSTS }).describe('Hosts that it has to have beside those'),
  step_name: text(MAX_STEP_NAME).describe('The step of its template after which a host of it counts'),
  ignore: ignore.describe('1: kept, and not done'),
};

export const cronItems = items(cronShape, MAX_CRON_ITEMS);
export const dependItems = items(dependShape, MAX_DEPEND_ITEMS);

/** A list that need not be there, of objects the case of whose names does not count. */
function items<T extends z.ZodRawShape>(shape: T, max: number) {
  return z.preprocess((given) => given ?? undefined, list(inAnyCase(z.object(shape)), max).optional());
}

/** One of some words, with blanks around it. */
export function word<T extends string>(words: readonly [T, ...T[]]) {
  return z.preprocess((given) => (typeof given === 'string' ? given.trim() : given), z.enum(words));
}
