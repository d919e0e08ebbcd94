import { GantryError } from '../../base/error';
import { findRole } from '../../db/access';
import { type AccountRecord, findAccounts, listAliases } from '../../db/accounts';
import type { DbOrTransaction } from '../../db/connection';
import { findSecrets, type SecretRecord } from '../../db/credentials';
import { listTagsAmong } from '../../db/host-details';
import { type HostKeyRecord, listTrustedKeys } from '../../db/host-keys';
import type { Role } from '../../db/schema';
import { findWays, type WayHost } from '../../db/ssh-ways';
import { requireFew } from '../ids';
import type { InventoryPlace } from '../place';
import { accountFor, type Executor, requireRole, unknownAlias } from './choose-account';
import type { SealedCredential, SealedHop, SealedRoute } from './route';
import { cannot, MAX_HOPS, nameOf, type ReachableHost, wayTo } from './way';

/** Routes that are read at once. */
export const MAX_ROUTES = 1_000;

/** As whom work is to be done. */
interface Wanted {
  /** An alias; null: who logs in by the host's profile. */
  account: string | null;
  executor: Executor;
  /** Who else has a say in it: what is asked of the executor is asked of each of them; absent: nobody. */
  changers?: readonly Executor[];
  /** The role that is needed where no account is named; absent: operator. */
  least?: Role;
}

interface Person {
  executor: Executor;
  role: Role | undefined;
}

/** How a host is reached, or why it is not: `not_found`, `invalid` or `forbidden`, with what is to be done about it. */
export type RouteOrProblem = { route: SealedRoute } | { problem: GantryError };

/** Everything that is known of the hosts, before it is made routes of. */
interface Known extends Pick<Wanted, 'account'> {
  projectId: number;
  /** In whose name it is done, with their roles. */
  people: readonly Person[];
  hosts: ReadonlyMap<number, WayHost>;
  /** Of the alias. */
  accounts: readonly AccountRecord[];
  /** Those that accounts are for. */
  tags: ReadonlyMap<number, string[]>;
  credentials: ReadonlyMap<number, SecretRecord>;
  keys: ReadonlyMap<number, HostKeyRecord[]>;
}

/**
 * How a host of a project is reached, with its secrets still sealed, by whoever may do so now.
 *
 * @throws GantryError `not_found` for a host of another project; `invalid` where it is disabled, or has no address, profile
 *   or credential, for a jump host that cannot be passed, and for an unknown account; `forbidden` where the executor's role
 *   is less than what the account needs
 */
export async function readRoute(
  db: DbOrTransaction,
  place: Pick<InventoryPlace, 'projectId'>,
  { hostId, ...wanted }: Wanted & { hostId: number },
): Promise<SealedRoute> {
  const read = (await readRoutes(db, place, { ...wanted, hostIds: [hostId] })).get(hostId)!;
  if ('problem' in read) throw read.problem;
  return read.route;
}

/**
 * How hosts are reached, in as many statements as for one.
 *
 * @param wanted at most MAX_ROUTES hosts
 * @returns by host, each that is wanted
 * @throws GantryError `invalid` for more, and for an alias that the project has not; `forbidden` for an executor who is not
 *   even an operator
 */
export async function readRoutes(
  db: DbOrTransaction,
  { projectId }: Pick<InventoryPlace, 'projectId'>,
  { hostIds, account, executor, changers = [], least }: Wanted & { hostIds: readonly number[] },
): Promise<Map<number, RouteOrProblem>> {
  requireFew(hostIds.length, { things: 'hosts', max: MAX_ROUTES, field: 'host_ids' });
  const people = await withRoles(db, projectId, [executor, ...changers]);
  // First: who may not do it at all learns nothing of hosts and accounts.
  for (const { executor, role } of people) requireRole(executor, role, undefined, account === null ? least : undefined);
  const ways = await findWays(db, { projectId, hostIds, maxJumps: MAX_HOPS - 1 });
  const accounts = account === null ? [] : await findAccounts(db, projectId, account);
  if (account !== null && accounts.length === 0) throw unknownAlias(account, await listAliases(db, projectId));
  const tagged = accounts.flatMap(({ host_tag }) => host_tag ?? []);
  const credentialIds = [...accounts, ...ways.map(({ profile }) => profile)].flatMap((one) => one?.credential_id ?? []);
  const known: Known = {
    projectId,
    account,
    people,
    accounts,
    hosts: new Map(ways.map((host) => [host.id, host])),
    tags: tagged.length === 0 ? new Map() : await listTagsAmong(db, hostIds, tagged),
    credentials: new Map((await findSecrets(db, [...new Set(credentialIds)])).map((one) => [one.id, one])),
    keys: byHost(
      await listTrustedKeys(
        db,
        ways.map(({ id }) => id),
      ),
    ),
  };
  return new Map(hostIds.map((hostId) => [hostId, attempt(() => routeTo(hostId, known))]));
}

async function withRoles(db: DbOrTransaction, projectId: number, people: readonly Executor[]): Promise<Person[]> {
  const names = [...new Set(people.filter(({ isTrusted }) => !isTrusted).map(({ username }) => username))];
  const roles = new Map(
    await Promise.all(names.map(async (name) => [name, await findRole(db, projectId, name)] as const)),
  );
  return people.map((executor) => ({ executor, role: roles.get(executor.username) }));
}

function attempt(route: () => SealedRoute): RouteOrProblem {
  try {
    return { route: route() };
  } catch (error) {
    if (error instanceof GantryError) return { problem: error };
    throw error;
  }
}

function routeTo(hostId: number, known: Known): SealedRoute {
  const way = wayTo(hostId, known);
  const target = way.at(-1)!;
  const account = known.account === null ? undefined : accountFor(target, known.tags.get(hostId) ?? [], known.accounts);
  if (account) for (const { executor, role } of known.people) requireRole(executor, role, account);
  const hops = way.map((host) => hopOf(host, host === target ? account : undefined, { target, known }));
  return { hops, becomeUser: account?.become_user ?? null, runFolder: target.profile.run_folder };
}

function hopOf(
  host: ReachableHost,
  account: AccountRecord | undefined,
  { target, known }: { target: ReachableHost; known: Known },
): SealedHop {
  const { profile } = host;
  const owner = account?.credential_id == null ? profile : account;
  const credential = known.credentials.get(owner.credential_id ?? -1);
  // One of another project would not open either: it is sealed for that.
  if (!credential || credential.project_id !== owner.project_id) throw noCredential(host, account, target);
  return {
    hostId: host.id,
    address: host.address,
    port: profile.port,
    user: account?.login_user ?? profile.login_user,
    credential: sealed(credential),
    keys: (known.keys.get(host.id) ?? []).map(({ type, key }) => ({ type, key })),
    trustsFirst: profile.host_key_policy === 'first_use',
    connectTimeoutMs: profile.connect_timeout_ms,
  };
}

function noCredential(host: ReachableHost, account: AccountRecord | undefined, target: ReachableHost): GantryError {
  const profile = `ssh profile ${nameOf(host.profile)}`;
  if (account) return cannot(target, `neither account ${account.alias} nor ${profile} has a credential`);
  const which = host === target ? profile : `${profile}, by which host ${nameOf(host)} on its way is reached,`;
  return cannot(target, `${which} has no credential`);
}

function sealed({ id, project_id: projectId, kind, secret, rotated_at: rotatedAt }: SecretRecord): SealedCredential {
  return { id, projectId, kind, secret, rotatedAt };
}

function byHost(keys: readonly HostKeyRecord[]): Map<number, HostKeyRecord[]> {
  const hosts = new Map<number, HostKeyRecord[]>();
  for (const key of keys) {
    const some = hosts.get(key.host_id);
    if (some) some.push(key);
    else hosts.set(key.host_id, [key]);
  }
  return hosts;
}
