import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import { ensureDefaultCloud, listClouds } from '../../db/clouds';
import type { Db, DbOrTransaction } from '../../db/connection';
import {
  type HostKey,
  type HostRecord,
  type HostTexts,
  insertHosts,
  lockHostsByKey,
  updateHostsEach,
} from '../../db/hosts';
import { addToModules } from '../../db/module-hosts';
import { transact } from '../../db/transaction';
import { requireAccount } from '../businesses/account';
import { enterBusiness } from '../businesses/lock';
import { auditChanges, type Change } from '../changes';
import type { BusinessPlace } from '../place';
import { requireFewHosts } from './limits';
import { type HostRow, type KeyedRow, keyText, type RefusedRow, readRows } from './read-rows';
import { auditTaken, notAvailable } from './taken';
import { ownModule } from './transfer';

/** Where hosts are added: to a business, or to the resource pool of an account. */
export type Destination = { account: string; business?: BusinessPlace };

/** What became of rows. */
export interface AddedHosts {
  /** Rows whose host is there now as they say. */
  done: string[];
  refused: RefusedRow[];
}

/**
 * Adds hosts, each on its own: those that are new are idle in their business, those that are there already are changed, and
 * those that another business or the pool has are refused without saying so (cmdb §7).
 *
 * @throws GantryError `invalid` when they are too many
 */
export async function addHosts(
  db: Db,
  destination: Destination,
  rows: readonly HostRow[],
  actor: Actor,
): Promise<AddedHosts> {
  requireFewHosts(rows.length, 'rows');
  requireAccount(destination.account);
  return transact(db, async (tx) => {
    if (destination.business) await enterBusiness(tx, destination.business);
    else await ensureDefaultCloud(tx, destination.account);
    const clouds = await listClouds(tx, destination.account);
    const { keyed, refused } = readRows(rows, new Set(clouds.map(({ id }) => id)));
    const stored = await store(tx, destination, keyed, actor);
    const order = new Map(rows.map(({ row }, index) => [row, index]));
    const inOrder = (a: { row: string }, b: { row: string }) => order.get(a.row)! - order.get(b.row)!;
    return { done: stored.done, refused: [...refused, ...stored.refused].sort(inOrder) };
  });
}

type Valid = KeyedRow & { texts: HostTexts };

/** Which hosts others have is found out by adding them all: nobody else takes meanwhile what is added here. */
async function store(
  tx: DbOrTransaction,
  { account, business }: Destination,
  rows: readonly KeyedRow[],
  actor: Actor,
): Promise<AddedHosts> {
  const projectId = business?.projectId ?? null;
  const made = await insertHosts(
    tx,
    { account, projectId },
    rows.filter(isValid).map(({ key, texts }) => ({ ...key, ...texts })),
  );
  const isMade = byKey(made);
  const others = rows.filter(({ key }) => !isMade.has(keyText(key)));
  const keys = others.map(({ key }) => key);
  const { taken, changed, refused } = compare(others, byKey(await lockHostsByKey(tx, account, keys)), projectId);

  if (business) {
    const { id } = await ownModule(tx, business, 'idle');
    const hostIds = made.map((host) => host.id);
    await addToModules(tx, hostIds, [id]);
  }
  await auditAll(tx, projectId, actor, { action: 'create', changes: made.map((after) => ({ after })) });
  await changeEach(tx, projectId, actor, changed);
  await auditTaken(tx, projectId, actor, taken);
  const isRefused = new Set(refused.map(({ row }) => row));
  return { done: rows.map(({ row }) => row).filter((row) => !isRefused.has(row)), refused };
}

/** A host as it was, and what changes of it. */
type HostChange = HostTexts & { before: HostRecord };

/** What becomes of rows whose host was not made, by the hosts that there are. */
function compare(
  rows: readonly KeyedRow[],
  there: ReadonlyMap<string, HostRecord>,
  projectId: number | null,
): { taken: HostKey[]; changed: HostChange[]; refused: RefusedRow[] } {
  const taken: HostKey[] = [];
  const changed: HostChange[] = [];
  const refused: RefusedRow[] = [];
  for (const { row, key, texts } of rows) {
    const before = there.get(keyText(key));
    if (before && before.project_id !== projectId) {
      taken.push(key);
      refused.push({ row, isKnown: false, error: notAvailable(key) });
    } else if (texts instanceof GantryError) {
      refused.push({ row, isKnown: before !== undefined, error: texts });
    } else if (before) {
      changed.push({ ...texts, before });
    } else {
      refused.push({ row, isKnown: true, error: deletedMeanwhile(key) });
    }
  }
  return { taken, changed, refused };
}

async function changeEach(
  tx: DbOrTransaction,
  projectId: number | null,
  actor: Actor,
  hosts: readonly HostChange[],
): Promise<void> {
  const saying = hosts.filter(({ before: _before, ...texts }) => Object.keys(texts).length > 0);
  if (saying.length === 0) return;
  const rows = await updateHostsEach(
    tx,
    saying.map(({ before, ...texts }) => ({ ...texts, id: before.id })),
  );
  const after = new Map(rows.map((host) => [host.id, host]));
  const changes = saying.map(({ before }) => ({ before, after: after.get(before.id)! }));
  await auditAll(tx, projectId, actor, { action: 'update', changes });
}

function isValid(row: KeyedRow): row is Valid {
  return !(row.texts instanceof GantryError);
}

function byKey<T extends HostKey>(hosts: readonly T[]): Map<string, T> {
  return new Map(hosts.map((host) => [keyText(host), host]));
}

async function auditAll(
  tx: DbOrTransaction,
  projectId: number | null,
  actor: Actor,
  { action, changes }: { action: string; changes: readonly Change<HostRecord>[] },
): Promise<void> {
  await auditChanges(tx, { projectId }, actor, { what: 'host', action, changes });
}

function deletedMeanwhile({ address, cloud_id }: HostKey): GantryError {
  return new GantryError('wrong_state', `${address} of cloud ${cloud_id} is being deleted: send it again`);
}
