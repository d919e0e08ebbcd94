import { isJsonObject, type Json } from '../json';
import { parseTemplate, templateReferences } from '../language/template';
import { connectionProblems } from './connection';
import { consistencyProblems } from './consistency';
import { circleProblems, keyProblems, literalReferences } from './constants';
import { cycleProblems } from './cycles';
import { isDeeperThan } from './depth';
import { expressionProblems } from './expressions';
import { fieldProblems } from './fields';
import { matchGateways } from './gateways';
import { buildGraph, type Graph } from './graph';
import { MAX_JSON_DEPTH, MAX_NESTING } from './limits';
import { entriesOf } from './own';
import { joinPath, type Problem } from './problem';
import { endlessProblems } from './reach';
import { schemaProblems } from './schema';
import { streamProblems } from './streams';
import { traverse } from './traversal';
import type { PipelineTree } from './types';

export type { Problem, Stage } from './problem';

export interface Validation {
  problems: Problem[];
  /**
   * Id of a gateway to the id of its converge. Inside subprocesses the ids of their activities come first, with slashes:
   * `sub/p1` to `v1`. A template that is unfolded twice has the same ids twice.
   */
  converge: Record<string, string>;
}

interface Options {
  /** Whether flows may lead back (default true, as in every entry point upstream). */
  allowCycles?: boolean;
  /** Whether a subprocess may name a template instead of having its tree, as in templates (default false). */
  allowReferences?: boolean;
  /** The constants whose values are new, in a tree that was taken before: its other expressions stay as they are. */
  changedConstants?: readonly string[];
}

/** A tree and the subprocess activities around it, outermost first. */
interface Part {
  tree: PipelineTree;
  owners: string[];
  parent?: PipelineTree | undefined;
}

/**
 * Checks a tree and those nested in it, stage by stage (bk-sops §2): schema, our own rules for further fields, keys,
 * constants, graph, and our own consistency. Within the first stage that finds something every problem is reported.
 *
 * @example validateTree(normaliseTree(body)).problems[0]?.message // "activities→a1→name: '' is too short"
 */
export function validateTree(input: unknown, options: Options = {}): Validation {
  const { parts, problems } = schemaStage(input);
  if (problems.length > 0) return { problems, converge: {} };

  const converge: [gateway: string, target: string][] = [];
  const graphs = new Map<Part, Graph>();
  // Before what reads those fields.
  const odd = parts.flatMap(({ tree, owners }) => fieldProblems(tree, stepsTo(owners)));
  if (odd.length > 0) return { problems: odd, converge: {} };
  const stages: ((part: Part) => Problem[])[] = [
    ({ tree }) => keyProblems(tree),
    ({ tree, owners }) =>
      circleProblems(tree, { referencesOf: literalReferences, stage: 'constants', isInner: owners.length > 0 }),
    (part) => {
      const result = graphStage(part.tree, options);
      if (result.graph) graphs.set(part, result.graph);
      for (const [gateway, target] of result.converge) converge.push([[...part.owners, gateway].join('/'), target]);
      return result.problems;
    },
    (part) => consistencyStage(part, graphs.get(part), options),
  ];
  for (const stage of stages) {
    const found = parts.flatMap((part) => stage(part).map((problem) => inside(part.owners, problem)));
    if (found.length > 0) return { problems: found, converge: Object.fromEntries(converge) };
  }
  return { problems: [], converge: Object.fromEntries(converge) };
}

/** The graph alone (bk-sops §2.4): connections, the converge of every gateway, streams. */
export function validateGraph(tree: PipelineTree, options: Options = {}): Validation {
  const { problems, converge } = graphStage(tree, options);
  return { problems, converge: Object.fromEntries(converge) };
}

function schemaStage(input: unknown): { parts: Part[]; problems: Problem[] } {
  const refuse = (owners: string[], text: string) => {
    const path = pathTo(owners);
    const problem: Problem = { stage: 'schema', kind: 'schema', path, message: `${path}: ${text}` };
    return { parts: [], problems: [problem] };
  };
  if (isDeeperThan(input, MAX_JSON_DEPTH)) return refuse([], `the tree is nested deeper than ${MAX_JSON_DEPTH} levels`);

  const parts: Part[] = [];
  const problems: Problem[] = [];
  const queue: { candidate: unknown; owners: string[]; parent?: PipelineTree }[] = [{ candidate: input, owners: [] }];
  for (const { candidate, owners, parent } of queue) {
    if (owners.length > MAX_NESTING) return refuse(owners, `subprocesses are nested deeper than ${MAX_NESTING} levels`);
    problems.push(...schemaProblems(candidate, stepsTo(owners)));
    // Proved by the schema, unless there are problems: then no later stage looks at it.
    const tree = candidate as PipelineTree;
    parts.push({ tree, owners, parent });
    for (const [id, activity] of isJsonObject(candidate) ? entriesOf(candidate.activities) : []) {
      if (!isJsonObject(activity) || activity.type !== 'SubProcess' || !isJsonObject(activity.pipeline)) continue;
      queue.push({ candidate: activity.pipeline, owners: [...owners, id], parent: tree });
    }
  }
  return { parts, problems };
}

interface GraphStage {
  problems: Problem[];
  converge: [gateway: string, target: string][];
  graph?: Graph;
}

function graphStage(tree: PipelineTree, { allowCycles = true }: Options): GraphStage {
  const { graph, problems } = buildGraph(tree);
  if (!graph) return { problems, converge: [] };
  const connections = connectionProblems(graph);
  if (connections.length > 0) return { problems: connections, converge: [] };
  const traversal = traverse(graph);
  const cycles = allowCycles ? [] : cycleProblems(graph, traversal);
  if (cycles.length > 0) return { problems: cycles, converge: [] };
  const match = matchGateways(graph, traversal);
  const idOf = (index: number) => graph.nodes[index]!.id;
  const converge = [...match.converge].map(([gateway, target]): [string, string] => [idOf(gateway), idOf(target)]);
  // Without its converge a parallel gateway would seem to mix the streams of everything behind it.
  if (match.problems.length > 0) return { problems: match.problems, converge, graph };
  return { problems: streamProblems(graph, match.converge), converge, graph };
}

function consistencyStage(
  { tree, owners, parent }: Part,
  graph: Graph | undefined,
  { allowReferences = false, changedConstants }: Options,
): Problem[] {
  const inExpressions = (value: Json) => templateReferences(parseTemplate(value)).map((name) => `\${${name}}`);
  return [
    ...consistencyProblems(tree, { allowReferences }),
    ...(graph ? endlessProblems(graph) : []),
    ...circleProblems(tree, { referencesOf: inExpressions, stage: 'consistency', isInner: owners.length > 0 }),
    ...expressionProblems(tree, { parent, only: parent && changedConstants ? [] : changedConstants }),
  ];
}

function stepsTo(owners: readonly string[]): string[] {
  return owners.flatMap((id) => ['activities', id, 'pipeline']);
}

function pathTo(owners: readonly string[]): string {
  return joinPath(stepsTo(owners));
}

/** Says of a problem in which subprocess it is; the schema's problems say it with their path. */
function inside(owners: readonly string[], problem: Problem): Problem {
  if (owners.length === 0) return problem;
  const path = joinPath([...stepsTo(owners), ...(problem.path ? [problem.path] : [])]);
  return { ...problem, path, message: `in subprocess ${owners.join('/')}: ${problem.message}` };
}
