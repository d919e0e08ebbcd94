import { z } from '@hono/zod-openapi';
import { PROCESS } from '../models/process';

/** What writing endpoints answer. */
export const written = z.literal('success');

/** The properties of a process that clients may send; what they hold is checked by the inventory, whose reasons have codes. */
export const sentProcess = z.looseObject(
  Object.fromEntries(
    PROCESS.properties
      .filter(({ isFixed }) => !isFixed)
      .map(({ id, zh, en }) => [id, z.unknown().optional().describe(`${zh} (${en})`)]),
  ),
);
