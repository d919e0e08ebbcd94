import { z } from '@hono/zod-openapi';
import type { Model } from './models/model';

/** What writing endpoints answer. */
export const written = z.literal('success');

/** The properties of an object that clients may send; what they hold is checked by the inventory, whose reasons have codes. */
export function sent({ properties }: Model) {
  return z.looseObject(
    Object.fromEntries(
      properties
        .filter(({ isFixed }) => !isFixed)
        .map(({ id, zh, en }) => [id, z.unknown().optional().describe(`${zh} (${en})`)]),
    ),
  );
}

/** All properties of an object, as it is answered. */
export function told({ properties }: Model) {
  return z.looseObject(
    Object.fromEntries(properties.map(({ id, zh, en }) => [id, z.unknown().describe(`${zh} (${en})`)])),
  );
}
