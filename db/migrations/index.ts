import type { Migration } from 'kysely';
import * as foundation from './0001_foundation';
import * as pluginProgress from './0002_plugin_progress';

/** Append-only: a migration that has landed is never changed. Breaking ones say so in their name. */
export const migrations: Record<string, Migration> = {
  '0001_foundation': foundation,
  '0002_plugin_progress': pluginProgress,
};
