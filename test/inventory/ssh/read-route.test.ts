import { DefaultQueryExecutor } from 'kysely';
import { insertUser, setRole } from '../../../db/access';
import { connect, type Db } from '../../../db/connection';
import type { Role } from '../../../db/schema';
import { type RouteOrProblem, readRoute, readRoutes } from '../../../inventory/ssh/read-route';
import type { SealedRoute } from '../../../inventory/ssh/route';
import { createDatabase } from '../../support/database';
import { addSshProject, type SshProject } from '../../support/ssh-inventory';

const TRUSTED = { username: 'anybody', isTrusted: true };

describe('the route to a host', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let of: SshProject;
  let other: SshProject;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });
  beforeEach(async () => {
    await db.updateTable('ssh_profiles').set({ is_default: false }).where('project_id', 'is', null).execute();
    await db.updateTable('clouds').set({ ssh_profile_id: null }).execute();
    of = await addSshProject(db);
    other = await addSshProject(db);
  });

  const route = (hostId: number, account: string | null = null, executor = TRUSTED) =>
    readRoute(db, of, { hostId, account, executor });
  const refused = (kind: string, message: string | RegExp) =>
    expect.objectContaining({ kind, message: expect.stringMatching(message) });

  it('is told by its profile, with the keys that are trusted and the secret still sealed', async () => {
    const rotated_at = new Date('2026-01-02T03:04:05Z');
    const credential_id = await of.credential({ secret: '{"password": "gsec:v2:k:abc;"}', rotated_at });
    const ssh_profile_id = await of.profile({
      credential_id,
      port: 2222,
      login_user: 'ops',
      connect_timeout_ms: 4_000,
      run_folder: '/var/gantry',
      host_key_policy: 'first_use',
    });
    const hostId = await of.host({ address: 'a.example.com', ssh_profile_id });
    await of.key(hostId, 'KEYA');
    await of.key(hostId, 'KEYB', { type: 'ssh-rsa' });
    await of.key(hostId, 'GONE', { revoked_at: new Date(), revoked_by: 'tester' });

    expect(await route(hostId)).toEqual({
      hops: [
        {
          hostId,
          address: 'a.example.com',
          port: 2222,
          user: 'ops',
          credential: {
            id: credential_id,
            projectId: of.projectId,
            kind: 'password',
            secret: { password: 'gsec:v2:k:abc;' },
            rotatedAt: rotated_at,
          },
          keys: [
            { type: 'ssh-ed25519', key: 'KEYA' },
            { type: 'ssh-rsa', key: 'KEYB' },
          ],
          trustsFirst: true,
          connectTimeoutMs: 4_000,
        },
      ],
      becomeUser: null,
      runFolder: '/var/gantry',
    } satisfies SealedRoute);
  });

  it('is that of the host, else of its pool, its module, its project, its cloud, the installation', async () => {
    const credential_id = await of.credential();
    const common = await of.credential({ project_id: null });
    const profile = (login_user: string, given = {}) => of.profile({ credential_id, login_user, ...given });
    const installation = { project_id: null, credential_id: common };
    const module = await of.module(await profile('of-module'));
    const cloud = await profile('of-cloud', installation);
    await profile('of-installation', { ...installation, is_default: true });
    const own = await of.host({ ssh_profile_id: await profile('own'), modules: [module] });
    const inModule = await of.host({ modules: [module, await of.module()] });
    const inNone = await of.host();
    const userOf = async (hostId: number) => (await route(hostId)).hops.at(-1)!.user;

    expect(await userOf(inNone)).toBe('of-installation');
    await db.updateTable('clouds').set({ ssh_profile_id: cloud }).where('supplier_account', '=', '0').execute();
    expect(await userOf(inNone)).toBe('of-cloud');
    await profile('of-project', { is_default: true });
    expect(await userOf(inNone)).toBe('of-project');
    expect(await userOf(inModule)).toBe('of-module');
    expect(await userOf(own)).toBe('own');
    const pool = await poolWith(await profile('of-pool'));
    await putInto(pool, own, inModule);
    expect(await userOf(inModule)).toBe('of-pool');
    expect(await userOf(own)).toBe('own');
  });

  it('is not that of a pool of another project, and that of a pool where the modules differ', async () => {
    const credential_id = await of.credential();
    const modules = [
      await of.module(await of.profile({ credential_id })),
      await of.module(await of.profile({ credential_id })),
    ];
    const hostId = await of.host({ modules });
    const pool = await poolWith(await other.profile({ credential_id: await other.credential() }));
    await putInto(pool, hostId);

    await expect(route(hostId)).rejects.toEqual(refused('invalid', 'different ssh profiles'));
    const own = await of.profile({ credential_id, login_user: 'of-pool' });
    await db.updateTable('pools').set({ ssh_profile_id: own }).where('id', '=', pool).execute();
    expect((await route(hostId)).hops.at(-1)!.user).toBe('of-pool');
  });

  async function poolWith(ssh_profile_id: number): Promise<number> {
    const place = { project_id: of.projectId, name: 'name' };
    const cluster = await db.insertInto('clusters').values(place).returning('id').executeTakeFirstOrThrow();
    const given = { ...place, cluster_id: cluster.id, docker_image: 'image' };
    const service = await db.insertInto('services').values(given).returning('id').executeTakeFirstOrThrow();
    const pool = { ...place, service_id: service.id, ssh_profile_id };
    return (await db.insertInto('pools').values(pool).returning('id').executeTakeFirstOrThrow()).id;
  }

  async function putInto(pool_id: number, ...hosts: number[]): Promise<void> {
    const rows = hosts.map((host_id) => ({ host_id, pool_id }));
    await db.insertInto('pool_hosts').values(rows).execute();
  }

  it('is never by a profile of another project, wherever that is named', async () => {
    const foreign = await other.profile({ credential_id: await other.credential(), is_default: true });
    const hostId = await of.host({ ssh_profile_id: foreign, modules: [await of.module(foreign)] });

    await expect(route(hostId)).rejects.toEqual(refused('invalid', 'has no ssh profile'));
  });

  it('is never by a credential of another project', async () => {
    const ssh_profile_id = await of.profile({ credential_id: await other.credential() });
    const hostId = await of.host({ ssh_profile_id });
    await of.account({ alias: 'app', credential_id: await other.credential() });

    await expect(route(hostId)).rejects.toEqual(refused('invalid', 'has no credential'));
    await expect(route(hostId, 'app')).rejects.toEqual(refused('invalid', 'neither account app nor ssh profile'));
  });

  describe('over jump hosts', () => {
    const idsOf = ({ hops }: SealedRoute) => hops.map(({ hostId }) => hostId);

    it('passes them in order, each by its own profile', async () => {
      const credential_id = await of.credential();
      const outer = await of.host({ ssh_profile_id: await of.profile({ credential_id, login_user: 'outer' }) });
      const inner = await of.host({
        ssh_profile_id: await of.profile({ credential_id, login_user: 'inner', jump_host_id: outer, port: 23 }),
      });
      const ssh_profile_id = await of.profile({ credential_id, login_user: 'target', jump_host_id: inner });
      const hostId = await of.host({ ssh_profile_id });
      await of.key(inner, 'INNER');

      const { hops } = await route(hostId);

      expect(hops).toMatchObject([
        { hostId: outer, user: 'outer', port: 22, keys: [] },
        { hostId: inner, user: 'inner', port: 23, keys: [{ key: 'INNER' }] },
        { hostId, user: 'target' },
      ]);
    });

    it('reaches a jump host itself directly by the profile that it is of', async () => {
      const profile = await of.profile({ credential_id: await of.credential(), is_default: true });
      const jump = await of.host();
      await db.updateTable('ssh_profiles').set({ jump_host_id: jump }).where('id', '=', profile).execute();
      const hostId = await of.host();

      expect(idsOf(await route(hostId))).toEqual([jump, hostId]);
      expect(idsOf(await route(jump))).toEqual([jump]);
    });

    it('uses the account at the end of it alone', async () => {
      const credential_id = await of.credential();
      const jump = await of.host({ ssh_profile_id: await of.profile({ credential_id, login_user: 'gate' }) });
      const hostId = await of.host({ ssh_profile_id: await of.profile({ credential_id, jump_host_id: jump }) });
      const own = await of.credential();
      await of.account({ alias: 'app', login_user: 'app', credential_id: own, become_user: 'root' });

      const { hops, becomeUser } = await route(hostId, 'app');

      expect(hops).toMatchObject([
        { user: 'gate', credential: { id: credential_id } },
        { user: 'app', credential: { id: own } },
      ]);
      expect(becomeUser).toBe('root');
    });

    async function chain(length: number): Promise<number[]> {
      const credential_id = await of.credential();
      const hosts: number[] = [];
      for (let n = 0; n < length; n++) {
        const jump_host_id = hosts.at(-1) ?? null;
        hosts.push(await of.host({ ssh_profile_id: await of.profile({ credential_id, jump_host_id }) }));
      }
      return hosts;
    }

    it('is of four hosts at most, else refused naming them', async () => {
      const hosts = await chain(6);

      expect(idsOf(await route(hosts[3]!))).toEqual(hosts.slice(0, 4));
      const named = hosts.slice(0, 5).map((id) => `${id} \\(h\\d+\\)`);
      await expect(route(hosts[4]!)).rejects.toEqual(refused('invalid', `longer than 4 hosts: ${named.join(' -> ')}$`));
      await expect(route(hosts[5]!)).rejects.toEqual(refused('invalid', 'longer than 4 hosts'));
    });

    it.each([2, 3])('is refused where it is a circle of %i, naming the hosts', async (length) => {
      const hosts = await chain(length);
      const { ssh_profile_id } = await db
        .selectFrom('hosts')
        .select('ssh_profile_id')
        .where('id', '=', hosts[0]!)
        .executeTakeFirstOrThrow();
      await db
        .updateTable('ssh_profiles')
        .set({ jump_host_id: hosts.at(-1)! })
        .where('id', '=', ssh_profile_id!)
        .execute();

      for (const hostId of hosts) {
        await expect(route(hostId)).rejects.toEqual(
          refused('invalid', `a circle: ${hostId} \\(.*-> ${hostId} \\(h\\d+\\)$`),
        );
      }
    });

    it('has none of another project by a profile of this one', async () => {
      const jump = await other.host({
        ssh_profile_id: await other.profile({ credential_id: await other.credential() }),
      });
      const ssh_profile_id = await of.profile({ credential_id: await of.credential(), jump_host_id: jump });
      const hostId = await of.host({ ssh_profile_id });

      await expect(route(hostId)).rejects.toEqual(refused('invalid', 'is no host of this project any more'));
    });

    it('is by the installation over a host of another project, and never by what that project has', async () => {
      const credential_id = await of.credential({ project_id: null });
      const foreign = await other.profile({ credential_id: await other.credential(), is_default: true });
      const jump = await other.host({ ssh_profile_id: foreign });
      await of.profile({
        project_id: null,
        credential_id,
        login_user: 'common',
        jump_host_id: jump,
        is_default: true,
      });
      const hostId = await of.host();

      const { hops } = await route(hostId);

      expect(hops).toMatchObject([
        { hostId: jump, user: 'common', credential: { id: credential_id, projectId: null } },
        { hostId, user: 'common', credential: { id: credential_id, projectId: null } },
      ]);
    });

    it('is refused where one of them is disabled, or cannot be reached, naming both', async () => {
      const credential_id = await of.credential();
      const jump = await of.host({ is_disabled: true });
      const hostId = await of.host({ ssh_profile_id: await of.profile({ credential_id, jump_host_id: jump }) });
      const names = `host ${hostId} \\(h\\d+\\) cannot be reached: host ${jump} \\(h\\d+\\), over which it is reached,`;

      await expect(route(hostId)).rejects.toEqual(refused('invalid', `${names} is disabled`));
      await db.updateTable('hosts').set({ is_disabled: false }).where('id', '=', jump).execute();
      await expect(route(hostId)).rejects.toEqual(refused('invalid', `${names} has no ssh profile`));
    });
  });

  describe('is refused', () => {
    it('for a host of another project, or of none, in the same words', async () => {
      const foreign = await other.host();
      const pooled = await of.host();
      await db.updateTable('hosts').set({ project_id: null }).where('id', '=', pooled).execute();

      for (const id of [foreign, pooled, 999_999]) {
        await expect(route(id)).rejects.toEqual(refused('not_found', `^host ${id} does not exist in this project$`));
      }
    });

    it('for a host that is disabled, has no address, or no profile', async () => {
      await expect(route(await of.host())).rejects.toEqual(refused('invalid', 'has no ssh profile: give the host one'));
      await of.profile({ credential_id: await of.credential(), is_default: true });
      await expect(route(await of.host({ is_disabled: true }))).rejects.toEqual(refused('invalid', 'it is disabled'));
      await expect(route(await of.host({ address: null }))).rejects.toEqual(refused('invalid', 'has no address yet'));
    });

    it('where its modules have different profiles, unless it has one of its own', async () => {
      const credential_id = await of.credential();
      const [one, two] = [await of.profile({ credential_id }), await of.profile({ credential_id })];
      const modules = [await of.module(one), await of.module(two)];

      await expect(route(await of.host({ modules }))).rejects.toEqual(refused('invalid', 'different ssh profiles'));
      expect((await route(await of.host({ modules, ssh_profile_id: two }))).hops).toHaveLength(1);
      expect((await route(await of.host({ modules: [modules[0]!, await of.module(one)] }))).hops).toHaveLength(1);
    });

    it('for an account that there is not, listing those of the project', async () => {
      await of.profile({ credential_id: await of.credential(), is_default: true });
      const hostId = await of.host();
      await other.account({ alias: 'foreign' });

      await expect(route(hostId, 'app')).rejects.toEqual(refused('invalid', 'no account app: it has none$'));
      await of.account({ alias: 'web' });
      await of.account({ alias: 'db' });
      await of.account({ alias: 'db', host_tag: 'x' });
      await expect(route(hostId, 'app')).rejects.toEqual(refused('invalid', 'no account app: it has db, web$'));
    });
  });

  describe('by an account', () => {
    it('is by that for a tag of the host rather than by that for all', async () => {
      await of.profile({ credential_id: await of.credential(), is_default: true });
      const [tagged, plain] = [await of.host({ tags: ['prod', 'x'] }), await of.host({ tags: ['y'] })];
      await of.account({ alias: 'app', login_user: 'all' });
      await of.account({ alias: 'app', login_user: 'prod', host_tag: 'prod' });

      expect((await route(tagged, 'app')).hops[0]!.user).toBe('prod');
      expect((await route(plain, 'app')).hops[0]!.user).toBe('all');
    });

    it('is refused where two tags fit, or none, naming them', async () => {
      await of.profile({ credential_id: await of.credential(), is_default: true });
      const [both, none] = [await of.host({ tags: ['prod', 'eu'] }), await of.host()];
      const one = await of.account({ alias: 'app', host_tag: 'prod' });
      const two = await of.account({ alias: 'app', host_tag: 'eu' });

      await expect(route(both, 'app')).rejects.toEqual(
        refused('invalid', `two .* ${one} \\(for the tag prod\\) and ${two} \\(for the tag eu\\)`),
      );
      await expect(route(none, 'app')).rejects.toEqual(refused('invalid', 'is for hosts with the tag prod, eu$'));
    });

    it('is for executors who have its role now, and for those of trusted apps', async () => {
      await of.profile({ credential_id: await of.credential(), is_default: true });
      const hostId = await of.host();
      for (const min_role of ['operator', 'editor', 'admin'] as Role[]) await of.account({ alias: min_role, min_role });
      const executor = { username: 'ann', isTrusted: false };
      await insertUser(db, 'ann');
      const may = async (account: string | null) =>
        route(hostId, account, executor).then(
          () => 'yes',
          ({ kind, message }) => `${kind}: ${message}`,
        );
      const all = async () => Promise.all([null, 'operator', 'editor', 'admin'].map(may));

      await setRole(db, other.projectId, 'ann', 'admin');
      const nobody = 'forbidden: ann has no role in this project: work on hosts needs the role operator';
      expect(await all()).toEqual([nobody, nobody, nobody, nobody]);
      await setRole(db, of.projectId, 'ann', 'viewer');
      expect(new Set(await all())).toEqual(
        new Set(['forbidden: ann is viewer: work on hosts needs the role operator']),
      );
      expect(await may('unknown')).toContain('needs the role operator');
      await setRole(db, of.projectId, 'ann', 'operator');
      const needs = (role: string) => `forbidden: ann is operator: account ${role} needs the role ${role}`;
      expect(await all()).toEqual(['yes', 'yes', needs('editor'), needs('admin')]);
      await setRole(db, of.projectId, 'ann', 'admin');
      expect(await all()).toEqual(['yes', 'yes', 'yes', 'yes']);
    });
  });

  describe('to many hosts', () => {
    it('is read in as many statements as to one, and each has its own answer', async () => {
      const credential_id = await of.credential();
      const jump = await of.host({ ssh_profile_id: await of.profile({ credential_id }) });
      await of.profile({ credential_id, jump_host_id: jump, is_default: true });
      await of.account({ alias: 'app', host_tag: 'prod' });
      const hostIds = [];
      for (let n = 0; n < 30; n++) hostIds.push(await of.host({ tags: ['prod'], is_disabled: n === 7 }));
      hostIds.push(await other.host());
      await insertUser(db, 'ann');
      await setRole(db, of.projectId, 'ann', 'operator');
      const executor = { username: 'ann', isTrusted: false };
      const statementsOf = async (ids: number[]): Promise<[number, Map<number, RouteOrProblem>]> => {
        const execute = jest.spyOn(DefaultQueryExecutor.prototype, 'executeQuery');
        const read = await readRoutes(db, of, { hostIds: ids, account: 'app', executor });
        const count = execute.mock.calls.length;
        execute.mockRestore();
        return [count, read];
      };

      const [few] = await statementsOf([hostIds[0]!]);
      const [more, routes] = await statementsOf(hostIds);

      expect(few).toBe(6);
      expect(more).toBe(few);
      expect([...routes.keys()]).toEqual(hostIds);
      const problems = [...routes].flatMap(([id, read]) => ('problem' in read ? [[id, read.problem.kind]] : []));
      expect(problems).toEqual([
        [hostIds[7], 'invalid'],
        [hostIds[30], 'not_found'],
      ]);
      expect(routes.get(hostIds[0]!)).toMatchObject({ route: { hops: [{ hostId: jump }, { hostId: hostIds[0] }] } });
    });

    it('is refused for more than a thousand', async () => {
      const hostIds = Array.from({ length: 1_001 }, (_, n) => n + 1);

      await expect(readRoutes(db, of, { hostIds, account: null, executor: TRUSTED })).rejects.toEqual(
        refused('invalid', '1001 hosts at once are too many'),
      );
    });
  });
});
