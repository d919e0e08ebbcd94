import { z } from 'zod';
import { GantryError } from '../tasks/error';
import type { TemplateSettings } from './settings';

/** Text of a file: what no database can hold is refused before it gets there. */
export const fileText = z
  .string()
  .refine((text) => !/[\0\p{Surrogate}]/u.test(text), 'holds characters that are no text');

export const notifyType = z.object({ success: z.array(z.string()).default([]), fail: z.array(z.string()).default([]) });

/** Without the settings that a file does not have. */
export function given({
  name,
  ...settings
}: { [K in keyof TemplateSettings]: TemplateSettings[K] | undefined } & {
  name: string;
}): Partial<TemplateSettings> & { name: string } {
  const known = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { name, ...Object.fromEntries(known) };
}

/** What is wrong with a file, place by place. */
export function unreadable(error: z.ZodError): GantryError {
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return new GantryError('invalid', `template data cannot be parsed: ${problems.join('; ')}`, { details: problems });
}
