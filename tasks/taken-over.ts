import { GantryError, wrongField } from '../base/error';
import type { DbOrTransaction } from '../db/connection';
import { currentNodeExecutions } from '../db/current-nodes';
import { findOutputs } from '../db/node-histories';
import type { TaskRecord } from '../db/tasks';
import { type AgainPlan, planAgain } from '../pipeline/again';
import type { JsonObject } from '../pipeline/json';
import type { HostChoice, TakenNode, TakenOver } from '../pipeline/machine';
import type { ActivityNode, Program } from '../pipeline/program';
import { jsonBytes } from '../pipeline/size';

/** How a task goes on with another one. */
export interface Again {
  /** A node from which on everything runs; absent: all that has not finished. */
  from?: string | undefined;
  /** For which hosts the nodes are begun that were begun in the other task; absent: unfinished. */
  hosts?: HostChoice | undefined;
}

/** Of one output that no variable takes. */
const MAX_KEPT_BYTES = 4 * 1024;
/** Of all that is taken over: it travels with the start, beside the program. */
const MAX_TAKEN_BYTES = 512 * 1024;

/** What a task that starts takes over, as its row says: that it can was found when it was made. */
export async function takenFor(
  db: DbOrTransaction,
  { again_of: id, again }: Pick<TaskRecord, 'again_of' | 'again'>,
  program: Program,
): Promise<TakenOver | undefined> {
  return id === null ? undefined : takenOver(db, { id, isFinished: false }, program, (again ?? {}) as Again);
}

/**
 * What a task takes over from an ended one of the same program.
 *
 * @throws GantryError `invalid`, `not_found`, `refused`, `too_large`: why that cannot be
 */
export async function takenOver(
  db: DbOrTransaction,
  earlier: { id: number; isFinished: boolean },
  program: Program,
  { from, hosts }: Again,
): Promise<TakenOver> {
  const stands = new Map((await currentNodeExecutions(db, earlier.id)).map((row) => [row.nodeId, row]));
  const how = { from, isFinished: earlier.isFinished, hasNamedHosts: Array.isArray(hosts) };
  const { taken, onHosts } = planned(planAgain(program, stands, how));
  const outputs = await findOutputs(
    db,
    earlier.id,
    taken.map((index) => program.nodes[index]!.id),
  );
  const nodes: Record<number, TakenNode> = {};
  for (const index of taken) {
    const node = program.nodes[index] as ActivityNode;
    const { skip, errorIgnored, startedAt } = stands.get(node.id)!;
    nodes[index] = {
      outputs: { ...needed(node, (outputs.get(node.id) ?? {}) as JsonObject), _again_of: earlier.id },
      ...(skip ? { skip } : {}),
      ...(errorIgnored ? { errorIgnored } : {}),
      ...(startedAt ? { startedAt: startedAt.getTime() } : {}),
    };
  }
  requireSize(jsonBytes(nodes));
  if (hosts === undefined || hosts === 'unfinished') return { nodes };
  return { nodes, hosts: { choice: hosts, nodes: onHosts } };
}

function planned(plan: ReturnType<typeof planAgain>): AgainPlan {
  if (!('problem' in plan)) return plan;
  const { kind, message, field } = plan.problem;
  if (field && kind === 'invalid') throw wrongField(message, { code: 'required', args: { field } });
  throw new GantryError(kind, message, { details: field ? [{ field, message }] : undefined });
}

/** What variables take, and what is small enough to be shown beside it. */
function needed(node: ActivityNode, outputs: JsonObject): JsonObject {
  const exported = new Set(node.exports.map(([field]) => field));
  return Object.fromEntries(
    Object.entries(outputs).filter(([field, value]) => exported.has(field) || jsonBytes(value) <= MAX_KEPT_BYTES),
  );
}

function requireSize(bytes: number): void {
  if (bytes <= MAX_TAKEN_BYTES) return;
  throw new GantryError(
    'too_large',
    `the outputs that the finished nodes hand on are too large to be taken over: ${bytes} bytes, the limit is ` +
      `${MAX_TAKEN_BYTES}; do the task again from an earlier node`,
  );
}
