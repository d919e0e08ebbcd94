import type { ProjectRecord } from '../../db/access';
import { findProgram, type TaskRecord } from '../../db/tasks';
import { nodeIndex, type Program, type ProgramNode } from '../../pipeline/program';
import type { Services } from '../services';
import { readRound, type WholeAttempt } from './attempts';
import { type Inputs, inputsAhead } from './previews/inputs';

/** What is asked for: a node of a task, in a round or in its newest one. */
export interface NodeQuestion {
  task: TaskRecord;
  project: ProjectRecord;
  nodeId: string;
  loop?: number | undefined;
}

/** A node in one round. */
export interface NodeFacts {
  node: ProgramNode;
  program: Program;
  /** Of the round, oldest first; none when the node was not reached. */
  attempts: WholeAttempt[];
  /** Of the last of the attempts; rendered in advance when it has not begun. */
  inputs: Inputs;
}

export type NodeAnswer = ({ kind: 'found' } & NodeFacts) | { kind: 'no_node' } | { kind: 'no_round' };

/** Reads a node of a task with all attempts of one round. */
export async function readNode(
  services: Pick<Services, 'db' | 'baseUrl'>,
  { task, project, nodeId, loop }: NodeQuestion,
): Promise<NodeAnswer> {
  const { db } = services;
  const [program, attempts] = await Promise.all([
    findProgram<Program>(db, task.id),
    readRound(db, task.id, nodeId, loop),
  ]);
  const index = nodeIndex(program, nodeId);
  const node = program.nodes[index];
  if (!node) return { kind: 'no_node' };
  const last = attempts.at(-1);
  // Before it is reached a node has the first round only.
  if (!last && loop !== undefined && (loop > 1 || (await readRound(db, task.id, nodeId)).length > 0)) {
    return { kind: 'no_round' };
  }
  const inputs: Inputs = last?.inputs
    ? { kind: 'known', values: last.inputs }
    : await inputsAhead(services, { task, project, program, index });
  return { kind: 'found', node, program, attempts, inputs };
}
