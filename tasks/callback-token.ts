import { createHash } from 'node:crypto';
import { NOBODY } from '../access/rights';
import { readClaims, signClaims, tokenKey } from '../access/token';
import { GantryError } from '../base/error';
import { stringifyJson } from '../base/json';
import type { Db } from '../db/connection';
import { findNodeExecution } from '../db/node-executions';
import { findTask, type TaskRecord } from '../db/tasks';
import type { Json } from '../pipeline/json';
import { callNodeBack } from './call-back';
import type { Operating } from './operate';
import { requireSendable } from './request-size';
import type { Services } from './services';

const FORM = 'gantrycb1';

/** The attempt of a node that a token may call back. */
type Claims = [projectId: number, taskId: number, nodeId: string, loop: number, retry: number];

/**
 * Address at which another system calls a node back without a login (bk-sops §7.3): it names one attempt, and is of no
 * use when that is over. A node that is not reached yet is called back at its first attempt.
 */
export async function callbackUrlOf(
  { db, baseUrl }: Pick<Services, 'db' | 'baseUrl'>,
  task: TaskRecord,
  nodeId: string,
): Promise<string> {
  const current = await findNodeExecution(db, task.id, nodeId);
  const claims: Claims = [task.project_id, task.id, nodeId, current?.loop ?? 1, current?.retry ?? 0];
  return `${baseUrl}/callback/${signClaims(await tokenKey(db), FORM, claims)}/`;
}

/** What a token is for, with the token itself. */
export interface CallbackClaims {
  token: string;
  claims: Claims;
}

/** @throws GantryError `unauthenticated` when the token is none of ours */
export async function readCallbackToken(db: Db, token: string): Promise<CallbackClaims> {
  const claims = readClaims(await tokenKey(db), FORM, token) as Claims | undefined;
  if (claims) return { token, claims };
  throw new GantryError('unauthenticated', 'the callback token is not valid');
}

/**
 * Calls back the node of a token. The same token with the same data is one callback, however often it comes.
 *
 * @throws GantryError `refused` when its attempt is over
 */
export async function callBack(services: Operating, { token, claims }: CallbackClaims, data: Json): Promise<void> {
  const [projectId, taskId, node, loop, retry] = claims;
  const task = await findTask(services.db, projectId, taskId);
  if (!task) {
    throw new GantryError('not_found', `task ${taskId} does not exist`, {
      reason: { code: 'not_found', args: { what: 'task', id: taskId } },
    });
  }
  requireSendable({ data });
  const id = createHash('sha256')
    .update(`${token} ${stringifyJson(data)}`)
    .digest('hex')
    .slice(0, 40);
  const actor = { username: 'callback', appCode: '', source: 'api' };
  await callNodeBack(
    services,
    task,
    { node, data, isMeant: (newest) => (newest?.loop ?? 1) === loop && (newest?.retry ?? 0) === retry },
    { actor, rights: NOBODY, id },
  );
}
