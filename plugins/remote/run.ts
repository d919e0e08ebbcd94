import { setTimeout as delay } from 'node:timers/promises';
import { stringifyJson } from '../../base/json';
import { isJsonObject, type Json, type JsonObject } from '../../pipeline/json';
import { type PluginContext, PluginFailure } from '../plugin';
import { remoteHost } from './hosts';
import { REMOTE_STATE, RemotePlugin, RemoteRefusal, type RemoteRun } from './protocol';

/** Polls in a row that may get no answer before the run is given up. */
const MAX_SILENT_POLLS = 5;

const NO_CALLBACK = 'remote plugins that end by a callback are not supported yet';

export interface RemoteInputs {
  plugin_code: string;
  plugin_version: string;
  [name: string]: unknown;
}

/** Wait before the nth poll: 10 s for the first 30, then longer and longer up to ten minutes (bk-sops §8.1). */
export function pollDelayMs(poll: number): number {
  return 1000 * (poll <= 30 ? 10 : Math.min((poll - 25) ** 2, 600));
}

/**
 * Runs a remote plugin to its end. The run's trace id is saved as soon as it is known, so that an attempt that begins
 * again after a crash goes on polling the same run.
 *
 * @throws PluginFailure with the outputs that are known
 */
export async function runRemote(
  inputs: RemoteInputs,
  context: PluginContext,
  { delayMs = pollDelayMs } = {},
): Promise<JsonObject> {
  const host = remoteHost(inputs.plugin_code);
  const plugin = new RemotePlugin(host, inputs.plugin_version, context.signal);
  const known = await context.progress.load();
  const outputs: JsonObject = {};
  try {
    if (isJsonObject(known)) {
      // Saved before the run was asked for: whether it was begun is known to nobody.
      if (typeof known.trace_id !== 'string') throw plainFailure(OUTCOME_UNKNOWN);
      outputs.trace_id = known.trace_id;
      return await poll(plugin, known.trace_id, outputs, context.signal, delayMs);
    }
    const run = await invoke(plugin, inputs, context);
    outputs.trace_id = run.trace_id;
    await context.progress.save({ trace_id: run.trace_id });
    // As in the original an empty answer to the invocation is an end.
    if (isOver(run, outputs) || run.state === REMOTE_STATE.empty) return outputs;
    await delay(delayMs(1), undefined, { signal: context.signal });
    return await poll(plugin, run.trace_id, outputs, context.signal, delayMs);
  } catch (error) {
    throw PluginFailure.of(error, outputs);
  }
}

const OUTCOME_UNKNOWN =
  'outcome unknown: a worker was lost while it asked for the remote run; find out whether it was begun, then retry or ' +
  'skip the node';

async function invoke(plugin: RemotePlugin, inputs: RemoteInputs, { progress, system }: PluginContext) {
  const { context_inputs, enable_plugin_callback } = await plugin.detail();
  // Before anything is begun that could not be ended.
  if (enable_plugin_callback) throw plainFailure(NO_CALLBACK);
  const wanted = Object.keys(context_inputs?.properties ?? {}).filter((name) => Object.hasOwn(system, name));
  const context = Object.fromEntries(wanted.map((name) => [name, system[name]!]));
  const { _loop, _inner_loop, ...given } = inputs;
  await progress.save({ invoking: true });
  return plugin.invoke({ inputs: given as JsonObject, context });
}

async function poll(
  plugin: RemotePlugin,
  traceId: string,
  outputs: JsonObject,
  signal: AbortSignal,
  delayMs: (poll: number) => number,
): Promise<JsonObject> {
  let silent = 0;
  for (let polls = 1; ; polls++) {
    try {
      if (isOver(await plugin.schedule(traceId), outputs)) return outputs;
      silent = 0;
    } catch (error) {
      if (signal.aborted || error instanceof RemoteFailure || error instanceof RemoteRefusal) throw error;
      silent += 1;
      if (silent >= MAX_SILENT_POLLS) throw error;
    }
    await delay(delayMs(polls + 1), undefined, { signal });
  }
}

/** The remote run itself has failed. */
class RemoteFailure extends PluginFailure {}

function remoteFailure(err: Json): RemoteFailure {
  const plain = 'the remote plugin failed';
  if (typeof err === 'string' && err !== '') return new RemoteFailure(err, {}, { plain, answer: err });
  const answer = stringifyJson(err);
  return new RemoteFailure(`${plain}: ${answer}`, {}, { plain, answer });
}

function plainFailure(message: string): PluginFailure {
  return new PluginFailure(message, {}, { plain: message });
}

/** Takes over the outputs of an answer; whether the run is over. */
function isOver({ state, outputs, err }: RemoteRun, known: JsonObject): boolean {
  Object.assign(known, outputs);
  switch (state) {
    case REMOTE_STATE.success:
      return true;
    // Begun, but not at work yet.
    case REMOTE_STATE.empty:
    case REMOTE_STATE.poll:
      return false;
    case REMOTE_STATE.callback:
      throw new RemoteFailure(NO_CALLBACK, {}, { plain: NO_CALLBACK });
    case REMOTE_STATE.fail:
      throw remoteFailure((err ?? null) as Json);
    default:
      return state satisfies never;
  }
}
