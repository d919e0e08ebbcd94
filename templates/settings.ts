import { isDeepStrictEqual } from 'node:util';
import type { Updateable } from 'kysely';
import { toJsonText } from '../db/json';
import type { Database } from '../db/schema';
import type { TemplateRecord } from '../db/templates';
import { knownCategory } from '../tasks/names';

/** What a template is besides its tree. */
export interface TemplateSettings {
  name: string;
  description: string;
  /** Unknown ones are `Default`. */
  category: string;
  notifyType: { success: string[]; fail: string[] };
  notifyReceivers: Record<string, unknown>;
  /** Minutes. */
  timeout: number;
  /** `common` or `common_func`. */
  defaultFlowType: string;
  /** On whose behalf tasks run; empty: whoever starts them. */
  executorProxy: string;
}

export const DEFAULT_SETTINGS: Omit<TemplateSettings, 'name'> = {
  description: '',
  category: 'Default',
  notifyType: { success: [], fail: [] },
  notifyReceivers: { receiver_group: [], more_receiver: '' },
  timeout: 20,
  defaultFlowType: 'common',
  executorProxy: '',
};

/** The settings of a template as its row has them. */
export function settingsOfRow(row: TemplateRecord): TemplateSettings {
  return {
    name: row.name,
    description: row.description,
    category: row.category,
    notifyType: row.notify_type,
    notifyReceivers: row.notify_receivers,
    timeout: row.timeout,
    defaultFlowType: row.default_flow_type,
    executorProxy: row.executor_proxy,
  };
}

/** The columns of those of some settings that a template has not yet. */
export function changedColumns(row: TemplateRecord, given: Partial<TemplateSettings>): SettingColumns {
  const kept: SettingColumns = settingColumns(settingsOfRow(row));
  const changed = Object.entries(settingColumns(given)).filter(
    ([name, value]) => !isDeepStrictEqual(value, kept[name as keyof SettingColumns]),
  );
  return Object.fromEntries(changed);
}

/** The columns of those settings that are given. */
export function settingColumns(settings: TemplateSettings): Required<SettingColumns>;
export function settingColumns(settings: Partial<TemplateSettings>): SettingColumns;
export function settingColumns(settings: Partial<TemplateSettings>): SettingColumns {
  const { name, description, category, notifyType, notifyReceivers, timeout, defaultFlowType, executorProxy } =
    settings;
  const columns = {
    name,
    description,
    category: category === undefined ? undefined : knownCategory(category),
    notify_type: notifyType && toJsonText(notifyType),
    notify_receivers: notifyReceivers && toJsonText(notifyReceivers),
    timeout,
    default_flow_type: defaultFlowType === undefined || defaultFlowType === 'common_func' ? defaultFlowType : 'common',
    executor_proxy: executorProxy,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

type SettingColumns = Pick<
  Updateable<Database['templates']>,
  | 'name'
  | 'description'
  | 'category'
  | 'notify_type'
  | 'notify_receivers'
  | 'timeout'
  | 'default_flow_type'
  | 'executor_proxy'
>;
