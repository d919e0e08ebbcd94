import { stringifyJson } from '../../../base/json';
import type { Dropped, ImportedHost, ImportedSsh } from '../../import';
import type { FieldChange, KnownHost, Plan } from './plan';
import { profileName, unusedName } from './profile-names';

/** An ssh profile of the project as an import finds it. */
export interface KnownProfile {
  id: number;
  name: string;
  port: number;
  login_user: string;
  credential_id: number | null;
  jump_host_id: number | null;
  is_default: boolean;
}

/** What there is of how hosts of a project are reached. */
export interface KnownSsh {
  profiles: readonly KnownProfile[];
  /** How many more the project may have. */
  room: number;
  /** Whether who imports may say how hosts are reached. */
  maySay: boolean;
}

/** A profile that an import makes. */
export interface NewProfile {
  name: string;
  port: number;
  loginUser: string;
  /** Over which host of the import the others are reached; null: directly. */
  jumpHost: ImportedHost | null;
  /** Where it is first needed. */
  at: string;
}

/** How the hosts of an import are reached then. */
export interface SshPlan {
  create: NewProfile[];
  /** Of hosts that are made or were there; those whose profile stays as it is are not among them. */
  assign: Map<ImportedHost, KnownProfile | NewProfile>;
  /** That new profiles log in with; null: none. */
  credentialId: number | null;
  dropped: Dropped[];
}

const WHAT = 'how hosts are reached';
const FOR_ADMINS = 'ssh profiles are made and given by admins of the project alone: ask one to import this as well';
/** Where nothing says another. */
const DEFAULT_PORT = 22;
const DEFAULT_USER = 'root';

/**
 * By which ssh profiles hosts are reached of which an import says how: those of the project that say the same, else new ones,
 * one for all hosts with the same port, user and jump host.
 *
 * @param plan what becomes of the hosts; of those that are refused nothing is said
 */
export function planSsh(hosts: readonly ImportedHost[], plan: Plan, { profiles, room, maySay }: KnownSsh): SshPlan {
  const planner = new SshPlanner(plan, hosts, profiles, room);
  const said = hosts.flatMap((host) => (host.ssh && planner.isDone(host) ? [{ host, ssh: host.ssh }] : []));
  if (!maySay) {
    const silent = said.map(({ host }) => host);
    return { create: [], assign: new Map(), credentialId: null, dropped: droppedAll(silent, WHAT, FOR_ADMINS) };
  }
  for (const { host, ssh } of said) planner.add(host, ssh);
  return planner.done();
}

/** A plan in which hosts that get another profile are changed by that as well. */
export function withProfiles(plan: Plan, { assign }: SshPlan, profiles: readonly KnownProfile[]): Plan {
  const nameOf = new Map(profiles.map(({ id, name }) => [id, name]));
  const changeOf = ({ imported, host }: Plan['unchanged'][number]): FieldChange[] => {
    const profile = assign.get(imported);
    const before = host.ssh_profile_id === null ? null : (nameOf.get(host.ssh_profile_id) ?? null);
    return profile ? [{ field: 'ssh_profile', before, after: profile.name }] : [];
  };
  return {
    ...plan,
    update: [
      ...plan.update.map((update) => ({ ...update, changes: [...update.changes, ...changeOf(update)] })),
      ...plan.unchanged
        .map((unchanged) => ({ ...unchanged, changes: changeOf(unchanged) }))
        .filter(({ changes }) => changes.length > 0),
    ],
    unchanged: plan.unchanged.filter(({ imported }) => !assign.has(imported)),
  };
}

class SshPlanner {
  readonly #plan: SshPlan;
  readonly #made = new Map<string, NewProfile>();
  readonly #byName: ReadonlyMap<string, ImportedHost>;
  /** Hosts that are there, and those that will be. */
  readonly #known = new Map<ImportedHost, KnownHost | null>();
  readonly #names: Set<string>;
  readonly #default: KnownProfile | undefined;
  readonly #withoutJump: ImportedHost[] = [];
  readonly #withoutRoom: ImportedHost[] = [];
  readonly #withoutUser: ImportedHost[] = [];

  constructor(
    plan: Plan,
    hosts: readonly ImportedHost[],
    private readonly profiles: readonly KnownProfile[],
    private readonly room: number,
  ) {
    this.#byName = new Map(hosts.map((host) => [host.name, host]));
    for (const imported of plan.create) this.#known.set(imported, null);
    for (const { imported, host } of [...plan.update, ...plan.unchanged]) this.#known.set(imported, host);
    this.#names = new Set(profiles.map(({ name }) => name));
    this.#default = profiles.find(({ is_default }) => is_default);
    this.#plan = { create: [], assign: new Map(), credentialId: this.#default?.credential_id ?? null, dropped: [] };
  }

  /** Whether a host is one of the project then. */
  isDone(host: ImportedHost): boolean {
    return this.#known.has(host);
  }

  add(host: ImportedHost, { port = DEFAULT_PORT, user, jumpHost: jumpName }: ImportedSsh): void {
    const jumpHost = jumpName === undefined ? null : this.#byName.get(jumpName)!;
    if (jumpHost && !this.isDone(jumpHost)) {
      this.#withoutJump.push(host);
      return;
    }
    const loginUser = user ?? this.#default?.login_user ?? DEFAULT_USER;
    const wanted = { port, loginUser, jumpHost };
    const known = this.#same(host, wanted);
    const profile = known ?? this.#new(host, wanted);
    if (!profile) {
      this.#withoutRoom.push(host);
      return;
    }
    if (user === undefined) this.#withoutUser.push(host);
    if (known?.id !== this.#known.get(host)?.ssh_profile_id || !known) this.#plan.assign.set(host, profile);
  }

  done(): SshPlan {
    const { create, dropped } = this.#plan;
    dropped.push(...withoutJumpHost(this.#withoutJump));
    dropped.push(...droppedAll(this.#withoutRoom, WHAT, 'the project would have more ssh profiles than it may'));
    const { login_user: user = DEFAULT_USER } = this.#default ?? {};
    const of = this.#default ? ` by the default profile of the project, ${this.#default.name}` : '';
    dropped.push(...droppedAll(this.#withoutUser, 'who logs in', `no User is said: it is ${user}${of}`));
    if (create.length > 0)
      dropped.push({ at: create[0]!.at, what: 'what one logs in with', why: this.#credentialText() });
    return this.#plan;
  }

  #credentialText(): string {
    return this.#plan.credentialId === null
      ? 'new profiles have no credential: add one, and give it to them'
      : `new profiles take the credential of the default profile of the project, ${this.#default!.name}`;
  }

  /** The profile that the host has, else another one of the project, where it says just that. */
  #same(host: ImportedHost, { port, loginUser, jumpHost }: Omit<NewProfile, 'name' | 'at'>): KnownProfile | undefined {
    const jumpId = jumpHost && this.#known.get(jumpHost)?.id;
    if (jumpId === undefined) return undefined;
    const same = this.profiles.filter(
      (one) => one.port === port && one.login_user === loginUser && one.jump_host_id === jumpId,
    );
    const own = this.#known.get(host)?.ssh_profile_id;
    return same.find(({ id }) => id === own) ?? same[0];
  }

  #new(host: ImportedHost, wanted: Omit<NewProfile, 'name' | 'at'>): NewProfile | undefined {
    const key = stringifyJson([wanted.port, wanted.loginUser, wanted.jumpHost?.name ?? null]);
    const made = this.#made.get(key);
    if (made || this.#made.size === this.room) return made;
    const name = unusedName(profileName({ ...wanted, jumpName: wanted.jumpHost?.name ?? null }), this.#names);
    const profile = { name, ...wanted, at: host.at };
    this.#names.add(name);
    this.#made.set(key, profile);
    this.#plan.create.push(profile);
    return profile;
  }
}

/** What is said of hosts whose jump host is not one of the project. */
export function withoutJumpHost(hosts: readonly ImportedHost[]): Dropped[] {
  return droppedAll(hosts, WHAT, 'the host over which they are reached is refused');
}

/** One line for the same thing of all of them. */
function droppedAll(hosts: readonly ImportedHost[], what: string, why: string): Dropped[] {
  const [first, ...more] = hosts;
  if (!first) return [];
  return [
    { at: more.length === 0 ? first.at : `${first.at} and ${more.length} more`, what: `${what}: ${first.name}`, why },
  ];
}
