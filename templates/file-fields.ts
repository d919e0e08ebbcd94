import { z } from 'zod';
import { GantryError } from '../base/error';
import type { TemplateSettings } from './settings';

/** Text of a file: what no database can hold is refused before it gets there. */
export const fileText = z
  .string()
  .refine((text) => !/[\0\p{Surrogate}]/u.test(text), 'holds characters that are no text');

export const notifyType = z.object({ success: z.array(z.string()).default([]), fail: z.array(z.string()).default([]) });

/** Settings as our own files have them, beside name and description. */
export const settingFields = {
  category: fileText.optional(),
  notify_type: notifyType.optional(),
  notify_receivers: z.record(z.string(), z.unknown()).optional(),
  timeout: z.int32().min(0).optional(),
  default_flow_type: fileText.optional(),
  executor_proxy: fileText.optional(),
};

type SettingFields = z.output<z.ZodObject<typeof settingFields>>;

/** Settings under the names that they have in files. */
export function writeSettings(settings: Omit<TemplateSettings, 'name' | 'description'>): Required<SettingFields> {
  return {
    category: settings.category,
    notify_type: settings.notifyType,
    notify_receivers: settings.notifyReceivers,
    timeout: settings.timeout,
    default_flow_type: settings.defaultFlowType,
    executor_proxy: settings.executorProxy,
  };
}

/** Settings of a file, without those that it does not have. */
export function readSettings({
  name,
  description,
  ...fields
}: SettingFields & { name: string; description?: string | undefined }) {
  return given({
    name,
    description,
    category: fields.category,
    notifyType: fields.notify_type,
    notifyReceivers: fields.notify_receivers,
    timeout: fields.timeout,
    defaultFlowType: fields.default_flow_type,
    executorProxy: fields.executor_proxy,
  });
}

/** Without the settings that are not given. */
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
