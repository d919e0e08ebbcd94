import { reachableFrom } from './after';
import { nodeIndex, type Program, worksOnHosts } from './program';

/** How a node of the earlier task stands: its newest attempt. */
export interface Stand {
  status: string;
  loop: number;
}

/** What a task that goes on where another one ended takes over, and what of it runs once more; indices of nodes. */
export interface AgainPlan {
  /** Activities whose recorded end counts: they do not run. */
  taken: number[];
  /** Nodes on hosts that were begun, and are begun again: those that a choice of hosts is for. */
  onHosts: number[];
}

/** Why a task cannot go on where another one ended. */
export interface AgainProblem {
  kind: 'not_found' | 'invalid' | 'refused';
  field?: 'from' | 'hosts';
  message: string;
}

/**
 * Says what of an ended task another one of the same program can take over: the activities that have finished, but for the
 * node `from` and whatever may come after it. All else is gone through anew: gateways decide again, subprocesses are
 * entered again.
 *
 * @param stands by node id, of the nodes that were reached
 * @param hasNamedHosts the choice of hosts is a list of ids, which can mean one node only
 */
export function planAgain(
  program: Program,
  stands: ReadonlyMap<string, Stand>,
  { from, isFinished, hasNamedHosts }: { from?: string | undefined; isFinished: boolean; hasNamedHosts: boolean },
): AgainPlan | { problem: AgainProblem } {
  const start = from === undefined ? -1 : nodeIndex(program, from);
  if (from !== undefined) {
    if (start < 0) return problem('not_found', `node ${from} is not in the task`, 'from');
    if (!stands.has(from)) return problem('invalid', `node ${from} was not reached: name one that was`, 'from');
  } else if (isFinished) {
    return problem('invalid', 'the task has finished: say from which node it is to be done again', 'from');
  }
  const anew = start < 0 ? new Set<number>() : reachableFrom(program, start);
  const taken: number[] = [];
  const onHosts: number[] = [];
  for (const [index, node] of program.nodes.entries()) {
    const stand = stands.get(node.id);
    if (!stand || node.type !== 'activity') continue;
    if (anew.has(index) || stand.status !== 'FINISHED') {
      if (worksOnHosts(node)) onHosts.push(index);
      continue;
    }
    if (stand.loop > 1 || node.loop) {
      const loop = `node ${node.id} has run in a loop, whose rounds cannot be taken over`;
      return problem('refused', `${loop}: do the task again from a node before it`, 'from');
    }
    taken.push(index);
  }
  if (!hasNamedHosts) return { taken, onHosts };
  const meant = onHosts.filter((index) => start < 0 || index === start);
  if (meant.length === 1) return { taken, onHosts: meant };
  const nodes = meant.map((index) => program.nodes[index]!.id).join(', ') || 'none';
  return problem('invalid', `ids of hosts are for one node that works on hosts, and here it is ${nodes}`, 'hosts');
}

function problem(kind: AgainProblem['kind'], message: string, field: AgainProblem['field']) {
  return { problem: { kind, message, ...(field ? { field } : {}) } };
}
