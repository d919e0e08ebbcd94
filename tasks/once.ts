import { createHash } from 'node:crypto';
import { GantryError } from '../base/error';
import { stringifyJson } from '../base/json';
import type { Db } from '../db/connection';
import { findKeyUse, insertKeyUse, type KeyedRequest, type KeyOwner } from '../db/idempotency';
import { findTree } from '../db/tasks';
import { isJsonObject } from '../pipeline/json';
import { isDeeperThan } from '../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../pipeline/tree/limits';
import type { PipelineTree } from '../pipeline/tree/types';
import { createTask, type NewTask } from './create';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

export interface CreatedTask {
  id: number;
  tree: PipelineTree;
  /** It was created by an earlier request with the same key. */
  isRepeat: boolean;
}

/** Another request took the key while this one made its task, which is given up. */
class KeyTaken extends Error {}

/**
 * Ties a request to a key that its sender chose, which is theirs alone.
 *
 * @param key 1 to 255 printable ASCII characters
 * @param request what is asked for; the order of keys does not matter
 * @throws GantryError `invalid`
 */
export function keyedRequest(owner: KeyOwner, key: string, request: unknown): KeyedRequest {
  if (!PRINTABLE.test(key)) {
    throw new GantryError('invalid', 'Idempotency-Key must be 1 to 255 printable characters', {
      step: 'key',
      reason: { code: 'malformed', args: { field: 'Idempotency-Key' } },
    });
  }
  if (isDeeperThan(request, MAX_JSON_DEPTH)) {
    throw new GantryError('invalid', `the body is nested deeper than ${MAX_JSON_DEPTH} levels`, { step: 'key' });
  }
  const text = stringifyJson(withSortedKeys(request));
  return { ...owner, key, requestHash: createHash('sha256').update(text).digest('hex') };
}

/**
 * Creates a task, or finds the one that an earlier request with the same key created: of any number of requests, at the
 * same moment too, one creates it. Without a key every request does.
 *
 * @param make only called when there is a task to create
 * @throws GantryError `refused` when the key was used for another request; as `createTask`
 */
export async function createTaskOnce(
  db: Db,
  request: KeyedRequest | undefined,
  make: () => Promise<NewTask>,
): Promise<CreatedTask> {
  const earlier = request && (await findEarlier(db, request));
  if (earlier) return earlier;
  const task = await make();
  if (!request) return { ...(await createTask(db, task)), isRepeat: false };
  try {
    const created = await createTask(db, {
      ...task,
      async alongside(tx, taskId) {
        await task.alongside?.(tx, taskId);
        if (!(await insertKeyUse(tx, request, taskId))) throw new KeyTaken();
      },
    });
    return { ...created, isRepeat: false };
  } catch (error) {
    const other = error instanceof KeyTaken ? await findEarlier(db, request) : undefined;
    if (!other) throw error;
    return other;
  }
}

async function findEarlier(db: Db, request: KeyedRequest): Promise<CreatedTask | undefined> {
  const use = await findKeyUse(db, request);
  if (!use) return undefined;
  if (use.requestHash !== request.requestHash) {
    throw new GantryError('refused', 'Idempotency-Key was used for another request', {
      step: 'key',
      reason: { code: 'key_used', args: { key: request.key } },
    });
  }
  return { id: use.taskId, tree: await findTree<PipelineTree>(db, use.taskId), isRepeat: true };
}

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return Object.fromEntries(entries.map(([key, item]) => [key, withSortedKeys(item)]));
}
