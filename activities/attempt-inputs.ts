import { Context } from '@temporalio/activity';
import { findText } from '../base/find-text';
import type { Db } from '../db/connection';
import { findSecretsUpgrade } from '../db/vault';
import type { JsonObject } from '../pipeline/json';
import { describeMissing } from '../pipeline/machine';
import type { Plugin, PluginContext } from '../plugins/plugin';
import type { OpenedSecrets } from '../secrets/opened';
import { OLD_PREFIX, type Opening } from '../secrets/token';
import type { PluginRunInput } from '../workflows/contract';
import { missingInputs } from './left-out';
import { reasonOfInputs } from './reason';

/** What every plugin may use while it works on an attempt. */
export function contextOf(input: PluginRunInput, signal: AbortSignal): Omit<PluginContext, 'progress' | 'batches'> {
  return {
    run: { taskId: input.taskId, nodeId: input.nodeId, loop: input.loop, attempt: input.attempt },
    system: input.system,
    executor: input.executor ?? String(input.system.executor ?? ''),
    signal,
  };
}

/** Secrets open in the project of the task; those of the old form, which open anywhere, in tasks from before. */
export async function openingFor(db: Db, { taskId, system }: PluginRunInput, inputs: JsonObject): Promise<Opening> {
  const place = Number(system.project_id);
  const isOld = (value: unknown) => findText(value, (text) => text.includes(OLD_PREFIX)) !== undefined;
  return { place, opensOld: isOld(inputs) && taskId <= (await findSecretsUpgrade(db)).lastTaskId };
}

/** The inputs as their plugin takes them, with the secrets in them open; or why it does not take them. */
export function readInputs(
  plugin: Plugin,
  { leftOut }: PluginRunInput,
  inputs: JsonObject,
  secrets: OpenedSecrets,
): { inputs: JsonObject } | { refusal: string } {
  const opened = secrets.open(inputs);
  const missing = leftOut ? missingInputs(plugin.inputs, opened, leftOut) : [];
  if (missing.length > 0) return { refusal: describeMissing(missing) };
  const parsed = plugin.inputs.safeParse(opened);
  return parsed.success ? { inputs: parsed.data as JsonObject } : { refusal: reasonOfInputs(parsed.error, secrets) };
}

/** Tells the server again and again that this worker is alive, until the work is done. */
export async function beating<T>({ heartbeatMs }: PluginRunInput, work: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => Context.current().heartbeat(), heartbeatMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
