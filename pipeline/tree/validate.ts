import { connectionProblems } from './connection';
import { consistencyProblems } from './consistency';
import { circularConstants, keyProblems, literalReferences } from './constants';
import { cycleProblems } from './cycles';
import { matchGateways } from './gateways';
import { buildGraph } from './graph';
import { PATH_ARROW, type Problem } from './problem';
import { schemaProblems } from './schema';
import { streamProblems } from './streams';
import { traverse } from './traversal';
import type { PipelineTree } from './types';

export type { Problem, Stage } from './problem';

export interface Validation {
  problems: Problem[];
  /** Id of a gateway to the id of its converge. */
  converge: Record<string, string>;
}

interface Options {
  /** Whether flows may lead back (default true, as in every entry point upstream). */
  allowCycles?: boolean;
}

/**
 * Checks a tree, stage by stage (spec section 2): schema, keys, constants, graph, and our own consistency. Within the
 * first stage that finds something every problem is reported. Subprocesses are checked like the tree around them.
 */
export function validateTree(input: unknown, options: Options = {}): Validation {
  const schema = schemaProblems(input);
  if (schema.length > 0) return { problems: schema, converge: {} };
  const tree = input as PipelineTree;
  for (const stage of [keyProblems, circleProblems]) {
    const problems = stage(tree);
    if (problems.length > 0) return { problems, converge: {} };
  }
  const { problems, converge } = validateGraph(tree, options);
  if (problems.length === 0) problems.push(...consistencyProblems(tree));
  if (problems.length > 0) return { problems, converge };
  for (const [id, activity] of Object.entries(tree.activities)) {
    if (activity.type !== 'SubProcess') continue;
    const nested = validateTree(activity.pipeline, options);
    problems.push(...nested.problems.map((problem) => inside(id, problem)));
    Object.assign(converge, nested.converge);
  }
  return { problems, converge };
}

/** The graph alone (spec 2.4): connections, the converge of every gateway, streams. */
export function validateGraph(tree: PipelineTree, { allowCycles = true }: Options = {}): Validation {
  const { graph, problems } = buildGraph(tree);
  if (!graph) return { problems, converge: {} };
  const connections = connectionProblems(graph);
  if (connections.length > 0) return { problems: connections, converge: {} };
  const traversal = traverse(graph);
  const cycles = allowCycles ? [] : cycleProblems(graph, traversal);
  if (cycles.length > 0) return { problems: cycles, converge: {} };
  const match = matchGateways(graph, traversal);
  const idOf = (index: number) => graph.nodes[index]!.id;
  const converge = Object.fromEntries([...match.converge].map(([gateway, target]) => [idOf(gateway), idOf(target)]));
  if (match.problems.length > 0) return { problems: match.problems, converge };
  return { problems: streamProblems(graph, match.converge), converge };
}

function circleProblems(tree: PipelineTree): Problem[] {
  return circularConstants(tree, literalReferences(tree)).map(({ keys, message }) => ({
    stage: 'constants',
    kind: 'constant_cycle',
    path: `constants${PATH_ARROW}${keys[0]}`,
    message,
  }));
}

function inside(id: string, problem: Problem): Problem {
  const way = ['activities', id, 'pipeline', ...(problem.path ? [problem.path] : [])];
  return { ...problem, path: way.join(PATH_ARROW), message: `in subprocess ${id}: ${problem.message}` };
}
