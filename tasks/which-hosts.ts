import { isDeepStrictEqual } from 'node:util';
import { wrongField } from '../base/error';
import { findText } from '../base/find-text';
import type { Db } from '../db/connection';
import { findLastHash } from '../db/earlier-runs';
import { findNodeExecution } from '../db/node-executions';
import { findProgram, type TaskRecord } from '../db/tasks';
import { nodeIndex, type Program } from '../pipeline/program';
import { findPlugin } from '../plugins';
import { ASKS_WHICH_HOSTS } from '../plugins/hosts';
import type { RoundsPlugin } from '../plugins/plugin';
import type { Request } from './request';

/**
 * Refuses a retry that brings another script, or other parameters, than the last attempt had and does not say for which hosts it
 * is. What it brings is compared as it is: of what has yet to be rendered the attempt itself says so.
 *
 * @throws GantryError `invalid`, naming the field `hosts`
 */
export async function requireHostsSaid(db: Db, task: Pick<TaskRecord, 'id'>, request: Request): Promise<void> {
  if (request.action !== 'retry' || request.hosts !== undefined) return;
  const { node: nodeId, inputs = {} } = request;
  if (Object.keys(inputs).length === 0) return;
  const plugin = pluginOnHosts(await findProgram<Program>(db, task.id), nodeId);
  if (!plugin) return;
  const last = await findNodeExecution(db, task.id, nodeId);
  if (!last?.inputs) return;
  const key = { taskId: task.id, nodeId, loop: last.loop, retry: last.retry + 1, ordinal: 1 };
  // Nothing has been begun on any host yet.
  if ((await findLastHash(db, key)) === undefined) return;
  const known = last.inputs as Record<string, unknown>;
  const changed = (plugin.workInputs ?? []).filter(
    (name) => Object.hasOwn(inputs, name) && isAnother(plugin, name, inputs[name], known[name]),
  );
  if (changed.length === 0) return;
  const message = `${ASKS_WHICH_HOSTS} (changed: ${changed.join(', ')})`;
  throw wrongField(message, { code: 'required', args: { field: 'hosts' } });
}

function pluginOnHosts({ nodes }: Program, nodeId: string): RoundsPlugin | undefined {
  const node = nodes[nodeIndex({ nodes } as Program, nodeId)];
  if (node?.type !== 'activity' || node.work.kind !== 'plugin') return undefined;
  const plugin = findPlugin(node.work.code, node.work.version);
  return plugin && 'rounds' in plugin ? plugin : undefined;
}

function isAnother({ inputs }: RoundsPlugin, name: string, given: unknown, known: unknown): boolean {
  if (findText(given, (text) => text.includes('${')) !== undefined) return false;
  const [now, before] = [given, known].map((value) => inputs.shape[name]?.safeParse(value));
  return !isDeepStrictEqual(now?.success ? now.data : given, before?.success ? before.data : known);
}
