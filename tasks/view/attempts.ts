import { stringifyJson } from '../../base/json';
import type { DbOrTransaction } from '../../db/connection';
import type { CurrentNodeExecution } from '../../db/current-nodes';
import { listAttempts, listBefore, listRound, type NodeExecution } from '../../db/node-histories';

/** How an attempt of a node stands. */
export type Standing = Omit<CurrentNodeExecution, 'nodeId'>;

/** An attempt of a node with what came of it. */
export interface Attempt extends Standing {
  /** Without the reason of a failure. */
  outputs: Record<string, unknown>;
  /** The reason of a failure, as text: a plugin may give anything. */
  error: string | undefined;
}

/** An attempt with what went into it too. */
export interface WholeAttempt extends Attempt {
  /** Number of the record that it is as of. */
  seq: number;
  /** As rendered; null as long as it has not begun. */
  inputs: Record<string, unknown> | null;
}

/** Every attempt of a node, over all of its rounds, oldest first. */
export async function readAttempts(db: DbOrTransaction, taskId: number, nodeId: string): Promise<Attempt[]> {
  return (await listAttempts(db, taskId, nodeId)).map(attemptOf);
}

/** The attempts of one round of a node, oldest first: of the given round, or of the newest. */
export async function readRound(
  db: DbOrTransaction,
  taskId: number,
  nodeId: string,
  loop?: number,
): Promise<WholeAttempt[]> {
  return (await listRound(db, taskId, nodeId, loop)).map(wholeAttemptOf);
}

/** So many are told of what was before. */
const MAX_HISTORY = 100;

/** The attempts of a node before one, oldest first: the newest 100, of all rounds or of its own only. */
export async function readHistory(
  db: DbOrTransaction,
  attempt: Parameters<typeof listBefore>[1],
  { inRound }: { inRound: boolean },
): Promise<WholeAttempt[]> {
  return (await listBefore(db, attempt, { inRound, limit: MAX_HISTORY })).map(wholeAttemptOf);
}

function wholeAttemptOf(row: NodeExecution): WholeAttempt {
  return { ...attemptOf(row), seq: row.seq, inputs: row.inputs };
}

function attemptOf(row: Awaited<ReturnType<typeof listAttempts>>[number] | NodeExecution): Attempt {
  const { ex_data: reason, ...outputs } = row.outputs ?? {};
  return {
    loop: row.loop,
    retry: row.retry,
    status: row.status,
    skip: row.skip,
    errorIgnored: row.error_ignored,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    waitingFor: row.waiting_for,
    outputs,
    error: reason === undefined || typeof reason === 'string' ? reason : stringifyJson(reason),
  };
}
