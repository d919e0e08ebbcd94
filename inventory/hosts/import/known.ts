import { GantryError } from '../../../base/error';
import { listClouds } from '../../../db/clouds';
import type { DbOrTransaction } from '../../../db/connection';
import { listTags } from '../../../db/host-details';
import { findHostsByName, labelSizes, listSomeVariables } from '../../../db/host-imports';
import { findHostsByKey, type HostKey, type HostRecord, lockHosts } from '../../../db/hosts';
import type { ImportedHost } from '../../import';
import { MAX_IMPORT_LABEL_BYTES } from '../../limits';
import type { InventoryPlace } from '../../place';
import { keyText } from '../read-rows';
import type { Known, KnownHost } from './plan';

/** Of the hosts that are there: they may have what an import of that size has given them, and tags besides. */
const MAX_KNOWN_BYTES = 2 * MAX_IMPORT_LABEL_BYTES;

/**
 * What there is of the hosts that an import may mean, in a number of statements that does not depend on theirs.
 *
 * @param isKept the hosts are locked: nobody else changes them until the transaction ends
 * @throws GantryError `too_large` when what they have is more than can be compared at once
 */
export async function readKnown(
  db: DbOrTransaction,
  place: InventoryPlace,
  hosts: readonly ImportedHost[],
  { isKept }: { isKept: boolean },
): Promise<Known> {
  const { account, projectId } = place;
  const keyed = await findHostsByKey(db, account, keysOf(hosts));
  const named = await findHostsByName(db, place, {
    names: hosts.map(({ name }) => name),
    addressless: hosts.flatMap(({ name, address }) => (address === null ? [name] : [])),
  });
  const found = new Map(
    [...keyed.filter((host) => host.project_id === projectId), ...named].map((one) => [one.id, one]),
  );
  const rows = isKept ? await lockHosts(db, place, [...found.keys()]) : [...found.values()];
  const known = await withLabels(db, rows, hosts);
  const byName = new Map<string, KnownHost[]>();
  const wanted = new Set(named.map(({ id }) => id));
  for (const host of known) {
    if (!wanted.has(host.id)) continue;
    const others = byName.get(host.name);
    if (others) others.push(host);
    else byName.set(host.name, [host]);
  }
  const clouds = await listClouds(db, account);
  return {
    cloudIds: new Set(clouds.map(({ id }) => id)),
    byKey: new Map(
      known.flatMap((host) => (host.address === null ? [] : [[keyText({ ...host, address: host.address }), host]])),
    ),
    byName,
    taken: new Set(keyed.filter((host) => host.project_id !== projectId).map(keyText)),
  };
}

function keysOf(hosts: readonly ImportedHost[]): HostKey[] {
  return hosts.flatMap(({ address, cloudId }) => (address === null ? [] : [{ address, cloud_id: cloudId }]));
}

async function withLabels(
  db: DbOrTransaction,
  rows: readonly HostRecord[],
  hosts: readonly ImportedHost[],
): Promise<KnownHost[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const names = [...new Set(hosts.flatMap(({ variables }) => Object.keys(variables)))];
  const sizes = await labelSizes(db, ids, names);
  if (sizes.bytes > MAX_KNOWN_BYTES) throw tooMuch(sizes.bytes);
  const tags = await listTags(db, ids);
  const variables = await listSomeVariables(db, ids, names);
  return rows.map((host) => ({
    ...host,
    tags: new Set(tags.get(host.id)),
    variables: variables.get(host.id) ?? new Map(),
    variableCount: sizes.counts.get(host.id) ?? 0,
  }));
}

function tooMuch(bytes: number): GantryError {
  const max = MAX_KNOWN_BYTES;
  const message = `the hosts that are there already have ${bytes} bytes of tags and variables to compare, at most ${max} may be: import fewer hosts at a time`;
  return new GantryError('too_large', message, {
    reason: { code: 'too_large', args: { what: 'tags and variables of known hosts', bytes, max } },
  });
}
