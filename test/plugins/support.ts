import type { Json, JsonObject } from '../../pipeline/json';
import { findPlugin } from '../../plugins';
import { type PluginContext, PluginFailure } from '../../plugins/plugin';

/** What a plugin gets while it runs, with its progress kept in memory. */
export function contextFor(given: Partial<PluginContext> = {}): PluginContext & { saved: Json[] } {
  const saved: Json[] = [];
  return {
    run: { taskId: 7, nodeId: 'n1', loop: 1, attempt: 2 },
    system: { task_id: 7, task_name: 'a task', task_url: 'http://gantry/7', operator: 'ann' },
    executor: 'ann',
    batches: { open: notAsked, close: notAsked },
    signal: new AbortController().signal,
    progress: { load: async () => saved.at(-1) ?? null, save: async (progress) => void saved.push(progress) },
    saved,
    ...given,
  };
}

async function notAsked(): Promise<never> {
  throw new Error('there is no rollout');
}

/** How a run ended: its outputs, and why it failed. */
export interface End {
  outputs: JsonObject;
  reason?: string;
}

/** Runs a plugin of the catalog as its activity does: inputs are checked, a failure is a result. */
export async function runPlugin(
  code: string,
  version: string,
  inputs: JsonObject,
  context = contextFor(),
): Promise<End> {
  const plugin = findPlugin(code, version);
  if (!plugin || !('run' in plugin)) throw new Error(`${code} ${version} is no plugin with a run`);
  const checked = plugin.inputs.parse({ ...inputs, _loop: 1, _inner_loop: 1 }) as JsonObject;
  return endOf(plugin.run(checked, context));
}

export async function endOf(run: Promise<JsonObject>): Promise<End> {
  try {
    return { outputs: await run };
  } catch (error) {
    return { outputs: error instanceof PluginFailure ? error.outputs : {}, reason: (error as Error).message };
  }
}

/** Lets plugins reach these hosts for the length of a test. */
export function allowLocal(hosts = '127.0.0.1'): void {
  const before = process.env.GANTRY_HTTP_ALLOW;
  process.env.GANTRY_HTTP_ALLOW = hosts;
  after.push(() => {
    if (before === undefined) delete process.env.GANTRY_HTTP_ALLOW;
    else process.env.GANTRY_HTTP_ALLOW = before;
  });
}

const after: (() => void)[] = [];
afterEach(() => {
  for (const restore of after.splice(0)) restore();
});
