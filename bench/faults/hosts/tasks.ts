import { TreeBuilder } from '../../../cli/tree-builder';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { findProgram, SHELLS } from '../../hosts/shells';
import type { Dice } from '../../random';
import type { PersistentApi } from '../api';
import { parametersOf, SCRIPT, SECRET, type Talk } from './scripts';
import { ACCOUNT, HOSTS, PROJECT_ID, type World } from './world';

const PATIENCE_MS = 120_000;
const DEFAULT_TIMEOUT_SECONDS = 120;
const SHORT_TIMEOUT_SECONDS = 4;
/** Some seconds of lines, with pauses. */
const USUAL = { lines: 60, pauseEvery: 8 };
/** More than is written at a time. */
const MUCH = { lines: 3_000, pauseEvery: 1_000 };
/** Longer than anybody waits for it. */
const ENDLESS = { lines: 5_000, pauseEvery: 5 };

export const KINDS = [
  'line',
  'much',
  'secret',
  'retried',
  'automatic',
  'budget',
  'timeout',
  'stopped',
  'forced',
] as const;
export type Kind = (typeof KINDS)[number];

/** What one node of a task does. */
export interface HostNode {
  id: string;
  talk: Talk;
  /** Numbers of its hosts. */
  hosts: readonly number[];
  account: string | null;
  timeoutSeconds: number;
  concurrency: number;
  /** Hosts that may fail before no further one is begun; null: all are begun, and none may fail. */
  maxFailed: number | null;
}

/** A task of a round. */
export interface HostTask {
  id: number;
  kind: Kind;
  nodes: readonly HostNode[];
}

/** Makes a task of a kind, without starting it: over which hosts, how and as whom is drawn. */
export async function createTask(api: PersistentApi, world: World, round: number, kind: Kind, dice: Dice) {
  const plans = planNodes(kind, round, dice);
  const name = `round ${round}, ${kind}`;
  const body = { name, pipeline_tree: treeOf(plans, world, kind, dice), scope: 'project' };
  const { result, data, message } = await api.call('POST', `fast_create_task/${PROJECT_ID}/`, body, PATIENCE_MS);
  if (!result) throw new Error(`fast_create_task: ${message}`);
  const { task_id: id, pipeline_tree: tree } = data as { task_id: number; pipeline_tree: PipelineTree };
  const made = Object.values(tree.activities);
  const nodes = plans.map((plan) => ({ ...plan, id: made.find((node) => node.name === plan.id)!.id }));
  return { id, kind, nodes } satisfies HostTask;
}

/** Starts a task; a start whose answer got lost is repeated, and refused then. */
export async function startTask(api: PersistentApi, { id }: HostTask): Promise<void> {
  const { result, message = '' } = await api.call('POST', `start_task/${id}/${PROJECT_ID}/`, scoped, PATIENCE_MS);
  if (!result && !/already started/.test(message)) throw new Error(`start_task: ${message}`);
}

/** Ends a task; whether it was in time is seen by its state. */
export async function stopTask(api: PersistentApi, { id }: HostTask): Promise<void> {
  await api.call('POST', `operate_task/${id}/${PROJECT_ID}/`, { ...scoped, action: 'revoke' }, PATIENCE_MS);
}

/** Fails a node by force, or begins it once more; whether it was taken is seen by its rows. */
export async function operateNode(
  api: PersistentApi,
  { id, nodes }: HostTask,
  action: 'forced_fail' | 'retry',
): Promise<void> {
  const body = { ...scoped, node_id: nodes[0]!.id, action };
  await api.call('POST', `operate_node/${PROJECT_ID}/${id}/`, body, PATIENCE_MS);
}

const scoped = { scope: 'project' };

function planNodes(kind: Kind, round: number, dice: Dice): HostNode[] {
  const names = kind === 'line' ? ['first', 'second'] : ['only'];
  return names.map((id) => {
    const all = Array.from({ length: HOSTS }, (_, host) => host);
    const hosts = kind === 'budget' ? all : drawn(dice, all, 4 + dice.below(HOSTS - 3));
    const isEndless = kind === 'timeout' || kind === 'stopped' || kind === 'forced';
    return {
      id,
      talk: {
        mark: `r${round}-${kind}-${id}`,
        ...(kind === 'much' ? MUCH : isEndless ? ENDLESS : USUAL),
        failsOn: kind === 'budget' ? hosts : kind === 'retried' || kind === 'automatic' ? drawn(dice, hosts, 2) : [],
        failsAgain: kind === 'budget',
        hasSecret: kind === 'secret',
      },
      hosts,
      account: dice.chance(0.4) ? ACCOUNT : null,
      timeoutSeconds: kind === 'timeout' ? SHORT_TIMEOUT_SECONDS : DEFAULT_TIMEOUT_SECONDS,
      concurrency: kind === 'budget' ? 3 : 2 + dice.below(HOSTS),
      maxFailed: kind === 'budget' ? 2 : null,
    };
  });
}

function treeOf(plans: readonly HostNode[], { machines }: World, kind: Kind, dice: Dice): PipelineTree {
  const interpreters = ['sh', ...SHELLS].map(interpreterOf).filter((words) => words !== undefined);
  const tree = new TreeBuilder();
  for (const { id, talk, hosts, account, timeoutSeconds, concurrency, maxFailed } of plans) {
    tree.activity(id, 'run_script', {
      version: '1.0',
      inputs: {
        hosts: hosts.map((host) => machines[host]!.address).join(','),
        script: SCRIPT,
        interpreter: dice.pick(interpreters),
        parameters: parametersOf(talk, '${secret}'),
        account: account ?? '',
        timeout: timeoutSeconds,
        concurrency,
        ...(maxFailed === null ? {} : { max_failed: maxFailed }),
      },
      ...(kind === 'automatic' && { auto_retry: { enable: true, interval: 1, times: 1 } }),
    });
  }
  if (kind === 'secret') tree.constant('secret', SECRET, { custom_type: 'password' });
  return tree.chain('S', ...plans.map(({ id }) => id), 'E').build();
}

/** The words that run a script by a shell of this machine, which all of its hosts have; undefined where it has none. */
function interpreterOf(shell: string): string | undefined {
  if (shell === 'sh') return shell;
  const program = findProgram(shell);
  return shell === 'busybox' && program ? `${program} sh` : program;
}

/** So many of several, in their order. */
function drawn<T>(dice: Dice, items: readonly T[], count: number): T[] {
  const rest = [...items];
  while (rest.length > count) rest.splice(dice.below(rest.length), 1);
  return rest;
}
