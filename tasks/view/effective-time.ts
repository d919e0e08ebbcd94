import type { DbOrTransaction } from '../../db/connection';
import { sumDurations } from '../../db/node-histories';
import { findProgram } from '../../db/tasks';
import type { Program, ProgramNode } from '../../pipeline/program';
import { decisionOf } from './decision';

/** Seconds that a task's work took, and what was not counted as work. */
export interface EffectiveTime {
  seconds: number;
  /** Activities that were executed. */
  nodes: number;
  /** Those of them that wait for a person. */
  excludedNodes: number;
}

/** How long the work of a task took so far, by its records. */
export async function readEffectiveTime(db: DbOrTransaction, taskId: number): Promise<EffectiveTime> {
  const [program, durations] = await Promise.all([findProgram<Program>(db, taskId), sumDurations(db, taskId)]);
  return effectiveTime(program, durations);
}

/**
 * The longest way through the nodes that were executed, each counted with the time that its attempts took; what a person
 * had to decide counts nothing (bk-sops §7.4). A loop's rounds are in the time of its nodes, so its way back is not
 * taken.
 *
 * @param durations seconds by node id; nodes that were not executed are missing
 */
export function effectiveTime(program: Program, durations: ReadonlyMap<string, number>): EffectiveTime {
  const executed = program.nodes.filter((node) => node.type === 'activity' && durations.has(node.id));
  const ways = program.pipelines.map(() => 0);
  // A subprocess is within a pipeline of a lower index.
  for (let pipeline = program.pipelines.length - 1; pipeline >= 0; pipeline--) {
    ways[pipeline] = longestWay(program, program.pipelines[pipeline]!.start, (node) => weightOf(node, durations, ways));
  }
  return {
    seconds: ways[0]!,
    nodes: executed.length,
    excludedNodes: executed.filter(waitsForPerson).length,
  };
}

function weightOf(node: ProgramNode, durations: ReadonlyMap<string, number>, ways: number[]): number {
  if (node.type === 'subprocess') return ways[node.child]!;
  return node.type !== 'activity' || waitsForPerson(node) ? 0 : (durations.get(node.id) ?? 0);
}

function waitsForPerson(node: ProgramNode): boolean {
  return decisionOf(node) !== undefined;
}

/** Without recursion: a line of 10,000 nodes is deeper than the stack. */
function longestWay(program: Program, start: number, weight: (node: ProgramNode) => number): number {
  const known = new Map<number, number>();
  const open = new Set([start]);
  const stack = [start];
  while (stack.length > 0) {
    const index = stack.at(-1)!;
    const targets = targetsOf(program.nodes[index]!).filter((target) => !open.has(target) || known.has(target));
    const next = targets.find((target) => !known.has(target));
    if (next !== undefined) {
      open.add(next);
      stack.push(next);
      continue;
    }
    known.set(index, weight(program.nodes[index]!) + targets.reduce((most, at) => Math.max(most, known.get(at)!), 0));
    stack.pop();
  }
  return known.get(start)!;
}

function targetsOf(node: ProgramNode): number[] {
  switch (node.type) {
    case 'start':
    case 'activity':
    case 'subprocess':
    case 'converge':
      return [node.next];
    case 'parallel':
      return node.branches.map(({ target }) => target);
    case 'exclusive':
    case 'conditional_parallel':
      return [...node.branches, ...(node.fallback ? [node.fallback] : [])].map(({ target }) => target);
    case 'end':
      return [];
    default:
      return node satisfies never;
  }
}
