import { sql } from 'kysely';
import { connect, type Db } from '../../../db/connection';
import type { ProvidedEnd } from '../../../plugins/rollouts';
import type { ProviderSettings } from '../../../rollouts/providers/settings';
import { Cut } from '../../support/cut';
import { createDatabase } from '../../support/database';
import { eventually } from '../../support/eventually';
import { addPool, type PoolWorld } from '../../support/pool-world';
import { openProviderServer, type ProviderServer } from '../../support/provider-server';
import { doStep, IMPATIENT, poolOf } from './support';

const HOSTS = 2;
const TRIES_BY_NAME = 2;

/** A step that breaks, and what has to be true of it afterwards. */
interface Case {
  name: string;
  step: string;
  settings(url: string): ProviderSettings;
  prepare(given: { world: PoolWorld; server: ProviderServer; db: Db }): Promise<number[]>;
  /** What others do between the break and the next attempt. */
  meanwhile?(given: { world: PoolWorld; db: Db }): Promise<void>;
  /** What the world is like when all hosts are done. */
  check(given: { world: PoolWorld; server: ProviderServer; db: Db; ids: number[] }): Promise<void>;
  /** Breaks of which nobody can know what the other side has done: hosts stand so, and are tried again by their names. */
  unknown: string[];
}

const http = (url: string): ProviderSettings => ({
  vm: { kind: 'http', url, appKey: '' },
  sd: { kind: 'http', url, appKey: '' },
});
const spare = (): ProviderSettings => ({ vm: { kind: 'spare', tag: 'spare-{type}' }, sd: undefined });
const upstream = { hosts: ['10.1.1.1'], file: '/etc/u', upstream: 'u', port: 80, account: null, config: null };
const nginx = (): ProviderSettings => ({ vm: undefined, sd: { kind: 'nginx', upstreams: new Map([[9, upstream]]) } });

const INTENT = 'after insert into provider_intents';
const WRITTEN = 'before commit';

async function many(count: number, make: () => Promise<number>): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < count; n++) ids.push(await make());
  return ids;
}

const coming = ({ world }: { world: PoolWorld }) => many(HOSTS, () => world.pooled({ address: null }));
const pooled = ({ world }: { world: PoolWorld }) => many(HOSTS, () => world.pooled());
const taken = ({ world, db }: { world: PoolWorld; db: Db }) =>
  many(HOSTS, async () => {
    const id = await world.pooled({ provider: 'spare' });
    await db
      .updateTable('hosts')
      .set({ vm_id: String(id) })
      .where('id', '=', id)
      .execute();
    return id;
  });
const hostsOf = (db: Db, ids: number[]) =>
  db.selectFrom('hosts').select(['id', 'vm_id', 'provider']).where('id', 'in', ids).orderBy('id').execute();

function registration(operation: 'register' | 'unregister', how: 'sync' | 'async'): Case {
  const [verb, path] = operation === 'register' ? ['add', 'add'] : ['remove', 'remove'];
  const post = `POST /v1/adaptor/auto_alteration/${path}/`;
  return {
    name: `${operation} over http, ${how}`,
    step: operation,
    settings: http,
    async prepare(given) {
      const ids = await pooled(given);
      given.server.isAsync = how === 'async';
      given.server.begun = 2;
      const rows = await poolOf(given.db, given.world);
      if (verb === 'remove') given.server.registered.set(9, new Set(rows.map(({ address }) => address!)));
      return ids;
    },
    async check({ world, server, db }) {
      const addresses = (await poolOf(db, world)).map(({ address }) => address);
      expect([...server.registered.get(9)!]).toEqual(verb === 'add' ? addresses : []);
    },
    unknown: how === 'sync' ? [INTENT, `before ${post}`, `after ${post}`] : [INTENT, `before ${post}`],
  };
}

const CASES: Case[] = [
  {
    name: 'create_vm over http',
    step: 'create_vm',
    settings: http,
    async prepare(given) {
      given.server.made.addresses = Array.from({ length: 9 }, (_, n) => `10.77.${given.world.projectId}.${n + 1}`);
      return coming(given);
    },
    async check({ world, server, db }) {
      const rows = await poolOf(db, world);
      expect(rows).toHaveLength(HOSTS);
      expect(new Set(rows.map(({ vm_id }) => vm_id)).size).toBe(HOSTS);
      for (const { vm_id, address } of rows) expect(server.machines.get(vm_id)!.ip).toBe(address);
    },
    unknown: [INTENT, 'before POST /v1/cluster/3/expand', 'after POST /v1/cluster/3/expand', WRITTEN],
  },
  {
    name: 'create_vm of spare hosts',
    step: 'create_vm',
    settings: spare,
    async prepare(given) {
      await many(HOSTS + 1, () => given.world.host({ tags: ['spare-3'] }));
      return coming(given);
    },
    async check({ world, db, ids }) {
      const rows = await poolOf(db, world);
      expect(rows.map(({ id, provider }) => [id, provider])).toEqual(rows.map(({ vm_id }) => [Number(vm_id), 'spare']));
      expect(rows).toHaveLength(HOSTS);
      expect(await hostsOf(db, ids)).toEqual([]);
    },
    unknown: [],
  },
  {
    name: 'return_vm over http',
    step: 'return_vm',
    settings: http,
    async prepare({ world, server }) {
      server.leaving = 5;
      return many(HOSTS, () => {
        const vm_id = `i-${server.machines.size + 1}`;
        server.machines.set(vm_id, { id: vm_id, status: 1, ip: '', keys: [] });
        return world.pooled({ vm_id, provider: 'http' });
      });
    },
    async check({ world, server, db, ids }) {
      expect(await poolOf(db, world)).toEqual([]);
      expect(await hostsOf(db, ids)).toEqual([]);
      expect(server.asked('DELETE', '/v1/instance/').map(({ path }) => path)).toEqual(['/v1/instance/i-1,i-2']);
    },
    unknown: [INTENT, 'before DELETE /v1/instance'],
  },
  {
    name: 'return_vm of spare hosts',
    step: 'return_vm',
    settings: spare,
    prepare: taken,
    async check({ world, db, ids }) {
      expect(await poolOf(db, world)).toEqual([]);
      expect(await hostsOf(db, ids)).toEqual(ids.map((id) => ({ id, vm_id: '', provider: '' })));
    },
    unknown: [],
  },
  {
    name: 'return_vm of spare hosts, which others take as soon as they can',
    step: 'return_vm',
    settings: spare,
    prepare: taken,
    async meanwhile({ world, db }) {
      const { id } = await db
        .insertInto('pools')
        .values({ project_id: world.projectId, service_id: world.serviceId, name: 'others' })
        .returning('id')
        .executeTakeFirstOrThrow();
      await sql`
        insert into pool_hosts (host_id, pool_id)
        select id, ${id} from hosts where project_id = ${world.projectId} and provider = ''`.execute(db);
      await sql`
        update hosts set provider = 'spare', vm_id = id::text
         where project_id = ${world.projectId} and provider = ''`.execute(db);
    },
    async check({ world, db, ids }) {
      expect(await poolOf(db, world)).toEqual([]);
      const others = db.selectFrom('pool_hosts').innerJoin('hosts', 'hosts.id', 'host_id').select('provider');
      const kept = await others.where('host_id', 'in', ids).execute();
      expect(kept.filter(({ provider }) => provider !== 'spare')).toEqual([]);
    },
    unknown: [],
  },
  registration('register', 'sync'),
  registration('register', 'async'),
  registration('unregister', 'sync'),
  registration('unregister', 'async'),
  {
    name: 'register in nginx',
    step: 'register',
    settings: nginx,
    prepare: pooled,
    check: async () => {},
    unknown: [],
  },
];

describe('a worker that breaks in the middle of what a provider does', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let server: ProviderServer;

  beforeAll(async () => {
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    database = await createDatabase();
    db = connect(database.url);
  });

  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  beforeEach(() => {
    server = undefined as never;
  });

  afterEach(() => server?.close());

  it.each(CASES)(
    '$name',
    async (of) => {
      const places: string[] = [];
      const unknown = new Set<string>();
      for (;;) {
        await server?.close();
        server = await openProviderServer();
        const { place, wasUnknown } = await breakAt(of, places.length);
        if (place === undefined) break;
        places.push(place);
        if (wasUnknown) unknown.add(place);
      }
      expect([...unknown].sort()).toEqual([...of.unknown].sort());
      // Reads, what is asked, what is written, and the reports of the hosts.
      expect(places.length).toBeGreaterThan(6);
      expect(places).toContain('after a report');
    },
    600_000,
  );

  /** Does a step of which the first attempt breaks at a place, goes on with it until it is done, and checks that. */
  async function breakAt(of: Case, at: number): Promise<{ place: string | undefined; wasUnknown: boolean }> {
    const world = await addPool(db);
    const ids = await of.prepare({ world, server, db });
    const { flowId, nsids } = await world.flow(ids);
    const ended = new Map<number, ProvidedEnd>();
    const place = await broken(of, { world, flowId, nsids, ended, at });
    await of.meanwhile?.({ world, db });
    const made = server.machines.size;

    const next = { world, flowId };
    const left = () => nsids.filter((id) => ended.get(id)?.status !== 'ok');
    if (left().length > 0) await doStep({ ...bench(of, server.url), ended }, of.step, { ...next, nsids: left() });
    const wasUnknown = left().length > 0;
    const said = left().map((id) => ended.get(id)!);
    expect({ place, said: said.filter(({ status }) => status !== 'lost') }).toEqual({ place, said: [] });
    // Nothing is asked a second time by itself.
    const asks = server.received.filter(({ method }) => method !== 'GET');
    expect({ place, asks: asks.length }).toEqual({ place, asks: asks.length > 0 ? 1 : 0 });
    expect(server.machines.size).toBeGreaterThanOrEqual(made);

    for (let attempt = 2; left().length > 0 && attempt < 2 + TRIES_BY_NAME; attempt++) {
      await doStep({ ...bench(of, server.url), ended }, of.step, { ...next, nsids: left(), attempt });
    }
    expect({ place, left: left().map((id) => ended.get(id)) }).toEqual({ place, left: [] });
    await of.check({ world, server, db, ids });
    return { place, wasUnknown };
  }

  const bench = (of: Case, url: string) => ({
    db,
    settings: of.settings(url),
    pace: IMPATIENT,
    nginx: async () => ({ lines: ['changed'] }),
  });

  async function broken(
    of: Case,
    { at, ...work }: { world: PoolWorld; flowId: number; nsids: number[]; ended: Map<number, ProvidedEnd>; at: number },
  ): Promise<string | undefined> {
    const cut = new Cut();
    const behind = connect(await cut.database(database.url));
    const url = await cut.http(server.url);
    await sql`select 1`.execute(behind);
    cut.arm(at);
    const passes = (place: string) => cut.passes(place);
    const given = { ...bench(of, url), db: behind, passes, ended: work.ended };
    const nginx = async () => {
      passes('before nginx is changed');
      passes('after nginx was changed');
      return { lines: ['changed'] };
    };
    const [result] = await Promise.allSettled([doStep({ ...given, nginx }, of.step, work, cut.signal)]);
    if (cut.place === undefined && result!.status === 'rejected') throw result!.reason;
    cut.close();
    await behind.destroy().catch(() => {});
    await eventually('Postgres has seen its end', async () => {
      const { rows } = await sql`select from pg_stat_activity where application_name = ${cut.name}`.execute(db);
      return rows.length === 0;
    });
    return cut.place;
  }
});
