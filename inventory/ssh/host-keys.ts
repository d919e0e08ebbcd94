import type { Actor } from '../../base/actor';
import { GantryError, wrongField } from '../../base/error';
import { auditOf, insertAudits } from '../../db/audit';
import type { Db, DbOrTransaction } from '../../db/connection';
import { findHosts } from '../../db/host-details';
import { type HostKeyRecord, insertHostKeys, listTrustedKeys, revokeHostKeys, wasRevoked } from '../../db/host-keys';
import { type HostRecord, lockHosts } from '../../db/hosts';
import type { HostKeySource } from '../../db/schema';
import { transact } from '../../db/transaction';
import { noSuchHost } from '../hosts/read';
import { requireAll } from '../hosts/scope';
import { requireFew } from '../ids';
import type { InventoryPlace } from '../place';
import { type PublicKey, readPublicKey } from './public-key';

/** Keys by which one host is known. */
export const MAX_KEYS_OF_HOST = 20;
/** Hosts whose keys are trusted at once. */
export const MAX_HOSTS_TRUSTED = 200;

type Place = Pick<InventoryPlace, 'projectId'>;

/** Keys that a host is to be known by. */
export interface TrustedHost {
  hostId: number;
  keys: readonly { type: string; key: string }[];
  /** By these alone: others that it is known by are revoked. */
  replace?: boolean | undefined;
}

/** @throws GantryError `not_found` for a host of another project */
export async function listHostKeys(
  db: DbOrTransaction,
  { projectId }: Place,
  hostId: number,
): Promise<HostKeyRecord[]> {
  if ((await findHosts(db, projectId, [hostId])).length === 0) throw noSuchHost(hostId);
  return listTrustedKeys(db, [hostId]);
}

/** As trustHosts, of one host; the keys that it is known by then. */
export async function trustKeys(
  db: Db,
  place: Place,
  { source, ...host }: TrustedHost & { source: Exclude<HostKeySource, 'first_use'> },
  actor: Actor,
): Promise<HostKeyRecord[]> {
  return trustHosts(db, place, { hosts: [host], source }, actor);
}

/**
 * Has hosts of a project known by keys, all of them or none; keys that are trusted already stay as they are.
 *
 * @param source who says so: a person (`given`), or one who has looked at what the host shows (`scan`)
 * @returns the keys that they are known by then, of one host after the other
 * @throws GantryError `not_found` for a host of another project; `invalid` for a key that is none, and for more than a host
 *   may have
 */
export async function trustHosts(
  db: Db,
  { projectId }: Place,
  { hosts, source }: { hosts: readonly TrustedHost[]; source: Exclude<HostKeySource, 'first_use'> },
  actor: Actor,
): Promise<HostKeyRecord[]> {
  requireFew(hosts.length, { things: 'hosts', max: MAX_HOSTS_TRUSTED, field: 'hosts' });
  const ids = hosts.map(({ hostId }) => hostId);
  requireOnce(ids);
  const wanted = new Map(hosts.map(({ hostId, keys }) => [hostId, readKeys(keys)]));
  return transact(db, async (tx) => {
    const found = await lockHosts(tx, { projectId }, ids);
    requireAll(ids, found);
    const before = await listTrustedKeys(tx, ids);
    const has = (hostId: number, key: PublicKey) => before.some((one) => one.host_id === hostId && isSame(one, key));
    const isUnwanted = (one: HostKeyRecord) => !wanted.get(one.host_id)!.some((key) => isSame(one, key));
    const replaced = new Set(hosts.filter(({ replace }) => replace).map(({ hostId }) => hostId));
    const unwanted = before.filter((one) => replaced.has(one.host_id) && isUnwanted(one));
    const added = ids.flatMap((host_id) =>
      wanted
        .get(host_id)!
        .filter((key) => !has(host_id, key))
        .map((key) => ({ host_id, ...key, source, added_by: actor.username })),
    );
    await revoke(tx, found, unwanted, actor);
    await auditKeys(tx, found, { action: 'trust', keys: await insertHostKeys(tx, added) }, actor);
    const after = await listTrustedKeys(tx, ids);
    requireFewKeys(after);
    return after;
  });
}

/**
 * Has a host that is known by no key known by the one that it has shown, where its profile says so.
 *
 * @throws GantryError `refused` where it is known by another one by now, or this one was revoked; `not_found` where it was
 *   deleted
 */
export async function pinFirstKey(
  db: Db,
  { hostId, type, key }: { hostId: number; type: string; key: string },
  actor: Actor,
): Promise<void> {
  const [shown] = readKeys([{ type, key }]) as [PublicKey];
  await transact(db, async (tx) => {
    const [host] = await lockHosts(tx, 'any', [hostId]);
    if (!host) throw noSuchHost(hostId);
    const known = await listTrustedKeys(tx, [hostId]);
    if (known.some((one) => isSame(one, shown))) return;
    const [other] = known;
    const trust = `to trust it: gantry hosts trust ${hostId} --key ${shown.fingerprint}`;
    if (other) {
      const message = `host ${hostId} is known by ${other.fingerprint}, and showed ${shown.fingerprint}; ${trust}`;
      throw new GantryError('refused', message);
    }
    if (await wasRevoked(tx, { host_id: hostId, ...shown })) {
      throw new GantryError('refused', `host ${hostId} shows ${shown.fingerprint}, which was revoked; ${trust}`);
    }
    const pinned = { host_id: hostId, ...shown, source: 'first_use' as const, added_by: actor.username };
    await auditKeys(tx, [host], { action: 'trust', keys: await insertHostKeys(tx, [pinned]) }, actor);
  });
}

/** @throws GantryError `not_found` for a host of another project, and a key that it is not known by */
export async function revokeHostKey(
  db: Db,
  { projectId }: Place,
  { hostId, keyId }: { hostId: number; keyId: number },
  actor: Actor,
): Promise<void> {
  await transact(db, async (tx) => {
    const hosts = await lockHosts(tx, { projectId }, [hostId]);
    if (hosts.length === 0) throw noSuchHost(hostId);
    const key = (await listTrustedKeys(tx, [hostId])).find(({ id }) => id === keyId);
    if (!key) throw noSuchKey(hostId, keyId);
    await revoke(tx, hosts, [key], actor);
  });
}

/** Has hosts, which have been locked, known by no key. */
export async function revokeAllKeys(tx: DbOrTransaction, hosts: readonly HostRecord[], actor: Actor): Promise<void> {
  const keys = await listTrustedKeys(
    tx,
    hosts.map(({ id }) => id),
  );
  await revoke(tx, hosts, keys, actor);
}

async function revoke(
  tx: DbOrTransaction,
  hosts: readonly HostRecord[],
  keys: readonly HostKeyRecord[],
  actor: Actor,
): Promise<void> {
  const ids = keys.map(({ id }) => id);
  await auditKeys(tx, hosts, { action: 'revoke', keys: await revokeHostKeys(tx, ids, actor.username) }, actor);
}

/** A record for each key, in the project that its host is in. */
async function auditKeys(
  tx: DbOrTransaction,
  hosts: readonly HostRecord[],
  { action, keys }: { action: 'trust' | 'revoke'; keys: readonly HostKeyRecord[] },
  actor: Actor,
): Promise<void> {
  const projectOf = new Map(hosts.map(({ id, project_id }) => [id, project_id]));
  await insertAudits(
    tx,
    keys.map(({ id, host_id, type, fingerprint, source }) => ({
      ...auditOf(actor),
      projectId: projectOf.get(host_id) ?? null,
      action,
      object: `host ${host_id}`,
      detail: { key: { id, type, fingerprint, source } },
    })),
  );
}

function readKeys(keys: readonly { type: string; key: string }[]): PublicKey[] {
  requireFew(keys.length, { things: 'keys', max: MAX_KEYS_OF_HOST, field: 'keys' });
  const read = keys.map(({ type, key }) => {
    const readable = readPublicKey(type, key);
    if (typeof readable !== 'string') return readable;
    throw wrongField(readable, { code: 'malformed', args: { field: 'keys' } });
  });
  return read.filter((key, index) => read.findIndex((other) => isSame(key, other)) === index);
}

function isSame(one: Pick<PublicKey, 'type' | 'key'>, other: Pick<PublicKey, 'type' | 'key'>): boolean {
  return one.type === other.type && one.key === other.key;
}

function requireOnce(ids: readonly number[]): void {
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return;
  throw wrongField(`host ${twice} is there twice`, { code: 'malformed', args: { field: 'hosts' } });
}

function requireFewKeys(keys: readonly HostKeyRecord[]): void {
  const counts = new Map<number, number>();
  for (const { host_id } of keys) counts.set(host_id, (counts.get(host_id) ?? 0) + 1);
  for (const [hostId, count] of counts) {
    if (count <= MAX_KEYS_OF_HOST) continue;
    const message = `host ${hostId} would be known by ${count} keys: ${MAX_KEYS_OF_HOST} are possible at most`;
    throw wrongField(message, { code: 'too_many', args: { field: 'keys', max: MAX_KEYS_OF_HOST } });
  }
}

function noSuchKey(hostId: number, id: number): GantryError {
  return new GantryError('not_found', `host ${hostId} is not known by key ${id}`, {
    reason: { code: 'not_found', args: { what: 'host key', id } },
  });
}
