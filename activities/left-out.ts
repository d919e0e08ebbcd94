import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { JsonObject } from '../pipeline/json';
import type { LeftOut } from '../pipeline/machine';

/**
 * Inputs that a retry has left out though the plugin would do something else without them than with what they were: where
 * they have no default, and where the default is another value. One that was never valid has decided nothing.
 *
 * @param inputs as the plugin would get them
 */
export function missingInputs(schema: z.ZodObject, inputs: JsonObject, { values, unknown }: LeftOut): string[] {
  const given = schema.safeParse(inputs);
  if (!given.success) {
    const wrong = new Set(given.error.issues.map(({ path }) => path[0]));
    return [...Object.keys(values), ...unknown].filter((name) => wrong.has(name));
  }
  const decisive = Object.entries(values).flatMap(([name, value]) => {
    const whole = schema.safeParse({ ...inputs, [name]: value });
    return whole.success && !isDeepStrictEqual(whole.data, given.data) ? [name] : [];
  });
  return [...decisive, ...unknown.filter((name) => knows(schema, name))];
}

/** Whether a plugin looks at an input of this name; one that takes all of them does. */
function knows(schema: z.ZodObject, name: string): boolean {
  return Object.hasOwn(schema.shape, name) || schema.def.catchall !== undefined;
}
