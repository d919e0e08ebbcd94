import { attemptOf, type Evidence, type NodeEvidence } from './evidence';
import type { FaultTask } from './workload';

/** What became of a round's tasks. */
export interface Verdict {
  tasks: number;
  /** Ended otherwise than they should: work without a mark, an accepted callback without an effect, a wrong state. */
  lost: number;
  /** Attempts of `once` nodes that ran twice. */
  doubled: number;
  /** Tasks that did not end, and rows that still say that something runs. */
  stuck: number;
  /** One line for each of them. */
  problems: string[];
}

const OPEN = new Set(['RUNNING', 'READY']);
const RESTING = new Set(['FINISHED', 'FAILED', 'REVOKED']);
const UNKNOWN = /^outcome unknown/;

/** Judges tasks that had the time to end, by what Postgres says of them and by the marks that their nodes left. */
export function judge(tasks: readonly FaultTask[], evidence: Evidence): Verdict {
  const lost: string[] = [];
  const doubled: string[] = [];
  const stuck: string[] = [];
  for (const task of tasks) {
    const state = evidence.states.get(task.id) ?? 'gone';
    const nodes = evidence.nodes.get(task.id) ?? [];
    const marks = evidence.marks.get(task.id) ?? new Map<string, number>();
    const name = `task ${task.id} (${task.kind})`;
    const what = `${name} is ${state}${task.isAccepted ? ', its callback was accepted' : ''}`;

    if (!RESTING.has(state) && state !== 'gone') stuck.push(what);
    else if (state !== 'FINISHED' && !(state === 'FAILED' && isExcused(task, nodes))) lost.push(what + reasonOf(nodes));
    for (const node of nodes) {
      const key = attemptOf(node);
      if (RESTING.has(state) && OPEN.has(node.status))
        stuck.push(`${name}: node ${node.nodeId} is still ${node.status}`);
      if (node.status !== 'FINISHED') continue;
      if (task.markingNodes.includes(node.nodeId) && !marks.has(key)) lost.push(`${name}: ${key} left no mark`);
      if (node.nodeId === task.waitingNode && node.callbackTask !== task.id)
        lost.push(`${name}: ${key} has other data`);
    }
    if (task.kind !== 'once') continue;
    for (const [key, count] of marks) if (count > 1) doubled.push(`${name}: ${key} ran ${count} times`);
  }
  const problems = [...lost, ...doubled, ...stuck];
  return { tasks: tasks.length, lost: lost.length, doubled: doubled.length, stuck: stuck.length, problems };
}

function reasonOf(nodes: readonly NodeEvidence[]): string {
  const failed = nodes.find(({ status }) => status === 'FAILED');
  return failed ? `: ${attemptOf(failed)} failed: ${failed.reason}` : '';
}

/** What `once` promises after a crash: the node fails and says that nobody knows, and a person decides. */
function isExcused({ kind }: FaultTask, nodes: readonly NodeEvidence[]): boolean {
  const failed = nodes.filter(({ status }) => status === 'FAILED');
  return kind === 'once' && failed.length > 0 && failed.every(({ reason }) => UNKNOWN.test(reason ?? ''));
}
