import type { Insertable, Updateable } from 'kysely';
import type { Actor } from '../../base/actor';
import { wrongField } from '../../base/error';
import {
  type AccountRecord,
  countAccounts,
  deleteAccount,
  findAccount,
  insertAccount,
  lockAccount,
  updateAccount,
} from '../../db/accounts';
import type { Db, DbOrTransaction } from '../../db/connection';
import type { Database, Role } from '../../db/schema';
import { transact } from '../../db/transaction';
import { auditChanges } from '../changes';
import { duplicateOf, isTaken, type UniqueKeys } from '../duplicates';
import { tagProblem } from '../host-problems';
import type { InventoryPlace } from '../place';
import { enterOwn, noSuchOf, requireRoom } from './bounds';
import { requireKept } from './credentials';

const WHAT = 'account';
const FIELDS = ['project_id', 'host_tag', 'alias'];
const UNIQUE: UniqueKeys = { what: WHAT, within: 'project', keys: { accounts_by_alias: FIELDS } };
/** Who may do everything. */
const ROOT = 'root';

type Place = Pick<InventoryPlace, 'projectId'>;
type Own = 'id' | 'project_id' | 'created_at' | 'updated_at';
export type NewAccount = Omit<Insertable<Database['accounts']>, Own>;
export type AccountChanges = Omit<Updateable<Database['accounts']>, Own>;

/**
 * Makes an account: a name under which work is done on hosts. Call it in a transaction.
 *
 * @param given without a role, that is operators' work; editors', where it is root's
 * @throws GantryError `invalid` for a tag that is none, and an alias that another one has for the same hosts; `not_found` for
 *   a credential of another project; `refused` for one too many
 */
export async function createAccount(
  tx: DbOrTransaction,
  { projectId }: Place,
  given: NewAccount,
  actor: Actor,
): Promise<AccountRecord> {
  requireTag(given.host_tag);
  await enterOwn(tx, 'accounts', projectId);
  requireRoom('accounts', projectId, await countAccounts(tx, projectId));
  await requireKept(tx, projectId, given.credential_id);
  const min_role = given.min_role ?? roleFor(given);
  const after = await insertAccount(tx, { ...given, min_role, project_id: projectId });
  if (!after) throw isTaken(FIELDS, UNIQUE, 'create');
  await auditChanges(tx, { projectId }, actor, { what: WHAT, action: 'create', changes: [{ after }] });
  return after;
}

/** @throws GantryError `not_found`; as createAccount */
export async function changeAccount(
  db: Db,
  { projectId }: Place,
  { id, ...given }: AccountChanges & { id: number },
  actor: Actor,
): Promise<AccountRecord> {
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  requireTag(given.host_tag);
  return transact(db, async (tx) => {
    const before = await lockAccount(tx, projectId, id);
    if (!before) throw noSuchOf(WHAT, id, projectId);
    if (Object.keys(changes).length === 0) return before;
    await requireKept(tx, projectId, given.credential_id);
    const after = await updateAccount(tx, id, changes);
    await auditChanges(tx, { projectId }, actor, { what: WHAT, action: 'update', changes: [{ before, after }] });
    return after;
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/** @throws GantryError `not_found` */
export async function removeAccount(db: Db, { projectId }: Place, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    const before = await lockAccount(tx, projectId, id);
    if (!before) throw noSuchOf(WHAT, id, projectId);
    await deleteAccount(tx, id);
    await auditChanges(tx, { projectId }, actor, { what: WHAT, action: 'delete', changes: [{ before }] });
  });
}

/** @throws GantryError `not_found` */
export async function requireAccountOf(db: DbOrTransaction, { projectId }: Place, id: number): Promise<AccountRecord> {
  const account = await findAccount(db, projectId, id);
  if (account) return account;
  throw noSuchOf(WHAT, id, projectId);
}

function roleFor({ login_user, become_user }: NewAccount): Role {
  return login_user === ROOT || become_user === ROOT ? 'editor' : 'operator';
}

function requireTag(tag: string | null | undefined): void {
  const problem = tag == null ? undefined : tagProblem(tag);
  if (problem !== undefined) throw wrongField(problem, { code: 'malformed', args: { field: 'host_tag' } });
}
