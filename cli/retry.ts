import { parseArgs } from 'node:util';
import { onlyOne } from './commands';
import { wholeTask } from './follow/poll';
import { hostCalled } from './hosts/chosen';
import { Misuse } from './misuse';
import { harmless } from './table/width';
import { taskCalled } from './task-called';
import type { V1Client } from './v1/client';
import { tell } from './v1/output';
import { PROJECT_OPTIONS } from './v1/project';

/** `gantry retry TASK [--node N] [--failed-hosts | --all-hosts | --host HOST...]`: runs a node again that has failed. */
export async function retry(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...PROJECT_OPTIONS,
      node: { type: 'string' },
      'failed-hosts': { type: 'boolean' },
      'all-hosts': { type: 'boolean' },
      host: { type: 'string', multiple: true },
    },
  });
  const { 'failed-hosts': isFailed = false, 'all-hosts': isAll = false, host = [] } = values;
  const ways = [isFailed, isAll, host.length > 0].filter(Boolean).length;
  if (ways > 1) throw new Misuse('say hosts in one way: --failed-hosts, --all-hosts or --host HOST...');
  const { client, project, taskId } = await taskCalled(onlyOne(positionals, 'retry', 'TASK'), values.project);
  const path = `${project}/tasks/${taskId}`;
  const node = values.node ?? (await failedNode(client, path));
  const hosts = isAll ? 'all' : isFailed ? 'unfinished' : await idsOf(client, project, host);
  const answer = await client.post<object>(`${path}/nodes/${encodeURIComponent(node)}/retry`, { hosts });
  return tell(
    values,
    answer,
    `task ${taskId}: node ${harmless(node)} is run again; gantry logs -f ${taskId} follows it`,
  );
}

async function failedNode(client: V1Client, path: string): Promise<string> {
  const { nodes } = await wholeTask(client, path);
  const failed = nodes.filter(({ state, type }) => state === 'FAILED' && type !== 'subprocess');
  const [only, ...more] = failed;
  if (!only) throw new Error('no node of the task has failed');
  if (more.length === 0) return only.id;
  const named = failed.map(({ id, name }) => `  ${id}  ${harmless(name)}`).join('\n');
  throw new Misuse(`several nodes have failed: say which with --node\n${named}`);
}

async function idsOf(client: V1Client, project: string, hosts: readonly string[]): Promise<number[] | undefined> {
  if (hosts.length === 0) return undefined;
  const ids: number[] = [];
  // Those that are deleted can be named by their ids.
  for (const host of hosts) ids.push(/^\d+$/.test(host) ? Number(host) : (await hostCalled(client, project, host)).id);
  return ids;
}
