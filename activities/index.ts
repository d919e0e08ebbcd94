import type { Db } from '../db/connection';
import { plugins } from '../plugins';
import { type PluginRunInput, RECORD_ACTIVITY, type RecordInput } from '../workflows/contract';
import { record } from './record';
import { runPlugin } from './run-plugin';

/** The activities of a worker: one named after each plugin's code, and the one that records. */
export function createActivities(db: Db): Record<string, (input: never) => Promise<unknown>> {
  const byCode = Object.fromEntries(
    plugins
      .filter((plugin) => !('inline' in plugin))
      .map(({ code }) => [code, (input: PluginRunInput) => runPlugin(db, code, input)]),
  );
  return { ...byCode, [RECORD_ACTIVITY]: (input: RecordInput) => record(db, input) };
}
