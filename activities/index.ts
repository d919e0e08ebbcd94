import { Context } from '@temporalio/activity';
import type { Db } from '../db/connection';
import { plugins } from '../plugins';
import { nameLargeNumbers } from '../plugins/large-numbers';
import {
  ADVANCE_ACTIVITY,
  type AdvanceInput,
  LAUNCH_ACTIVITY,
  type Launch,
  type PluginRunInput,
  PROBE_ACTIVITY,
  type ProbeInput,
  RECORD_ACTIVITY,
  type RecordInput,
} from '../workflows/contract';
import { advance } from './advance';
import { probe, type Reach } from './hosts/probe';
import { Recorder } from './recorder';
import { runPlugin } from './run-plugin';
import { Twins } from './twins';

/**
 * The activities of a worker: one named after each plugin's code, those that record, what schedules launch, and what hosts are
 * asked at once.
 */
export function createActivities(
  db: Db,
  { launch, reach }: { launch: Launch; reach: Reach },
): Record<string, (input: never) => Promise<unknown>> {
  nameLargeNumbers();
  const recorder = new Recorder(db);
  const byCode = Object.fromEntries(
    plugins
      .filter((plugin) => !('inline' in plugin))
      .map(({ code }) => [code, (input: PluginRunInput) => runPlugin(recorder, code, input)]),
  );
  const memory = { twins: new Twins(), refusals: new Map() };
  return {
    ...byCode,
    [LAUNCH_ACTIVITY]: launch,
    [PROBE_ACTIVITY]: (input: ProbeInput) => probe(reach, input),
    [RECORD_ACTIVITY]: ({ taskId, ...rows }: RecordInput) => recorder.recordSurely(taskId, rows, { atOnce: true }),
    [ADVANCE_ACTIVITY]: (input: AdvanceInput) =>
      advance(recorder, memory, Context.current().info.workflowExecution!.runId, input),
  };
}
