import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { BundledTemplate, UncheckedTemplate } from '../bundle';
import { fileText, given, notifyType } from '../file-fields';
import { DEFAULT_SETTINGS, type TemplateSettings } from '../settings';

/** What the format has no place for stands below `meta.gantry`; bk-sops passes over keys of `meta` that it does not know. */
export const extension = z.object({
  source: fileText.optional(),
  category: fileText.optional(),
  notify_type: notifyType.optional(),
  notify_receivers: z.record(z.string(), z.unknown()).optional(),
  timeout: z.int32().min(0).optional(),
  default_flow_type: fileText.optional(),
  executor_proxy: fileText.optional(),
  schemes: z.array(z.object({ id: z.int().optional(), name: fileText, nodes: z.array(z.string()) })).optional(),
});

type Extension = z.output<typeof extension>;

function columnsOf(settings: Omit<TemplateSettings, 'name'>) {
  return {
    category: settings.category,
    notify_type: settings.notifyType,
    notify_receivers: settings.notifyReceivers,
    timeout: settings.timeout,
    default_flow_type: settings.defaultFlowType,
    executor_proxy: settings.executorProxy,
  };
}

/** What a template has besides name, description and tree, where it is not what every template has. */
export function writeExtension({ origin, settings, schemes }: BundledTemplate): Extension {
  const usual = columnsOf(DEFAULT_SETTINGS);
  const own = Object.entries(columnsOf(settings)).filter(
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
  const { name: _, ...settings } = given({
    name: '',
    description: undefined,
    category: own?.category,
    notifyType: own?.notify_type,
    notifyReceivers: own?.notify_receivers,
    timeout: own?.timeout,
    defaultFlowType: own?.default_flow_type,
    executorProxy: own?.executor_proxy,
  });
  const schemes = (own?.schemes ?? []).map(({ id, name, nodes }) => ({
    ...(id === undefined ? {} : { id }),
    name,
    nodeIds: nodes,
  }));
  return { settings, schemes };
}
