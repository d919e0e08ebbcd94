import { createHash } from 'node:crypto';
import { GantryError } from '../base/error';
import { stringifyJson } from '../base/json';
import type { Db, DbOrTransaction } from '../db/connection';
import { findKeyUse, insertKeyUse, type KeyedRequest, type KeyOwner, type KeyUse, keepAnswer } from '../db/idempotency';
import { transact } from '../db/transaction';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** Another request took the key while this one did its work, which is given up. */
class KeyTaken extends Error {}

/**
 * Ties a request to a key that its sender chose, which is theirs alone.
 *
 * @param key 1 to 255 printable ASCII characters
 * @param request what is asked for, no deeper than a program can walk; the order of keys does not matter
 * @throws GantryError `invalid`
 */
export function keyedRequest(owner: KeyOwner, key: string, request: unknown): KeyedRequest {
  if (!PRINTABLE.test(key)) {
    throw new GantryError('invalid', 'Idempotency-Key must be 1 to 255 printable characters', {
      step: 'key',
      reason: { code: 'malformed', args: { field: 'Idempotency-Key' } },
    });
  }
  const text = stringifyJson(withSortedKeys(request));
  return { ...owner, key, requestHash: createHash('sha256').update(text).digest('hex') };
}

/**
 * Does something once for each key: of any number of requests with the same one, at the same moment too, one does it.
 * Without a key every request does.
 *
 * @param again what is answered to those that come later
 * @param work takes the key (`takeKey`) in the transaction in which it does everything else
 * @throws GantryError `refused` when the key was used for another request; what `work` throws
 */
export async function once<T>(
  db: Db,
  request: KeyedRequest | undefined,
  { again, work }: { again(use: KeyUse): Promise<T> | T; work(): Promise<T> },
): Promise<T> {
  if (!request) return work();
  const earlier = await findEarlier(db, request);
  if (earlier) return again(earlier);
  try {
    return await work();
  } catch (error) {
    const other = error instanceof KeyTaken ? await findEarlier(db, request) : undefined;
    if (!other) throw error;
    return again(other);
  }
}

/** Takes a key for what a transaction does, which is given up when another one has taken it. */
export async function takeKey(tx: DbOrTransaction, request: KeyedRequest, taskId?: number): Promise<void> {
  if (!(await insertKeyUse(tx, request, taskId))) throw new KeyTaken();
}

/**
 * Does something in one transaction, once for each key, and answers the same to all requests with it.
 *
 * @param work what it answers is JSON
 * @throws as `once`
 */
export function answerOnce<T>(
  db: Db,
  request: KeyedRequest | undefined,
  work: (tx: DbOrTransaction) => Promise<T>,
): Promise<T> {
  return once(db, request, {
    again: ({ answer }) => answer as T,
    work: () =>
      transact(db, async (tx) => {
        // First of all: who comes at the same moment waits here, and not for what the work makes.
        if (request) await takeKey(tx, request);
        const answer = await work(tx);
        if (request) await keepAnswer(tx, request, answer);
        return answer;
      }),
  });
}

async function findEarlier(db: Db, request: KeyedRequest): Promise<KeyUse | undefined> {
  const use = await findKeyUse(db, request);
  if (!use || use.requestHash === request.requestHash) return use;
  throw new GantryError('refused', 'Idempotency-Key was used for another request', {
    step: 'key',
    reason: { code: 'key_used', args: { key: request.key } },
  });
}

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return Object.fromEntries(entries.map(([key, item]) => [key, withSortedKeys(item)]));
}
