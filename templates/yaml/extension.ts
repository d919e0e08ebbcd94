import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { BundledTemplate, UncheckedTemplate } from '../bundle';
import { fileText, readSettings, settingFields, writeSettings } from '../file-fields';
import { DEFAULT_SETTINGS, type TemplateSettings } from '../settings';

/** What the format has no place for stands below `meta.gantry`; bk-sops passes over keys of `meta` that it does not know. */
export const extension = z.object({
  source: fileText.optional(),
  ...settingFields,
  schemes: z.array(z.object({ id: z.int().optional(), name: fileText, nodes: z.array(z.string()) })).optional(),
});

type Extension = z.output<typeof extension>;

/** What a template has besides name, description and tree, where it is not what every template has. */
export function writeExtension({ origin, settings, schemes }: BundledTemplate): Extension {
  const usual = writeSettings(DEFAULT_SETTINGS);
  const own = Object.entries(writeSettings(settings)).filter(
    ([name, value]) => !isDeepStrictEqual(value, usual[name as keyof typeof usual]),
  );
  return {
    ...(origin?.source === undefined ? {} : { source: origin.source }),
    ...Object.fromEntries(own),
    ...(schemes.length === 0
      ? {}
      : { schemes: schemes.map(({ id, name, nodeIds }) => ({ id, name, nodes: nodeIds })) }),
  };
}

/** The settings and schemes that a document has beyond name and description. */
export function readExtension(own: Extension | undefined): {
  settings: Partial<TemplateSettings>;
  schemes: UncheckedTemplate['schemes'];
} {
  const { name: _, ...settings } = readSettings({ ...own, name: '' });
  const schemes = (own?.schemes ?? []).map(({ id, name, nodes }) => ({
    ...(id === undefined ? {} : { id }),
    name,
    nodeIds: nodes,
  }));
  return { settings, schemes };
}
