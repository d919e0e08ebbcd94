import type { ProjectRecord } from '../../../db/access';
import { findOutputs } from '../../../db/node-histories';
import type { TaskRecord } from '../../../db/tasks';
import type { JsonObject } from '../../../pipeline/json';
import { exportingNodes } from '../../../pipeline/machine/preview';
import type { Program, ProgramNode } from '../../../pipeline/program';
import { contextOf, surroundingsOf, taskUrlOf } from '../../context';
import type { Services } from '../../services';
import { previews } from './pool';

/** Inputs of a node, or the names of those that could not be rendered within the limits of a preview. */
export type Inputs = { kind: 'known'; values: Record<string, unknown> } | { kind: 'too_heavy'; names: string[] };

/** A node by its index, and the task that it stands in. */
interface Subject {
  task: TaskRecord;
  project: ProjectRecord;
  program: Program;
  index: number;
}

/**
 * Inputs of a node that has not begun, as they would be if it began now.
 *
 * @throws GantryError `unavailable` when too many previews are being rendered
 */
export async function inputsAhead(
  { db, baseUrl }: Pick<Services, 'db' | 'baseUrl'>,
  { task, project, program, index }: Subject,
): Promise<Inputs> {
  const [around, outputs] = await Promise.all([
    surroundingsOf(db, task),
    findOutputs(db, task.id, exportingNodes(program, index)),
  ]);
  const context = contextOf(task, project, taskUrlOf(baseUrl, project.id, task.id), program, around);
  const known = { program, context, outputs: outputs as ReadonlyMap<string, JsonObject>, at: Date.now() };
  const values = await previews.render({ known, index });
  return values ? { kind: 'known', values } : { kind: 'too_heavy', names: inputNames(program.nodes[index]!) };
}

function inputNames(node: ProgramNode): string[] {
  if (node.type === 'activity') return Object.keys(node.inputs);
  return node.type === 'subprocess' ? node.params.map(({ name }) => name) : [];
}
