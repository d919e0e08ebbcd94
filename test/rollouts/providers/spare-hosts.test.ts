import { connect, type Db } from '../../../db/connection';
import type { ProviderSettings } from '../../../rollouts/providers/settings';
import { createDatabase } from '../../support/database';
import { addPool, type PoolWorld } from '../../support/pool-world';
import { doStep, poolOf, reasons, statuses } from './support';

const settings: ProviderSettings = { vm: { kind: 'spare', tag: 'spare-{type}' }, sd: undefined };

describe('spare hosts', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
  });

  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  async function coming(world: PoolWorld, count: number) {
    const ids: number[] = [];
    for (let n = 0; n < count; n++) ids.push(await world.pooled({ address: null }));
    return { world, ids, ...(await world.flow(ids)) };
  }

  it('come in the place of hosts that are yet to come, by their tag, and stay the hosts that they are', async () => {
    const world = await addPool(db);
    const spare = await world.host({ tags: ['spare-3'] });
    await world.key(spare, 'kept');
    await world.host({ tags: ['spare-4'] });
    await world.host({ tags: ['spare-3'], is_disabled: true });
    const of = await coming(world, 2);

    const done = await doStep({ db, settings }, 'create_vm', of);

    expect(statuses(done)).toEqual(['ok', 'failed']);
    expect(reasons(done)[1]).toBe('machines: there are only 1 of 2');
    expect(await poolOf(db, world)).toMatchObject([
      { id: spare, vm_id: String(spare), provider: 'spare' },
      { id: of.ids[1], address: null },
    ]);
    const rows = await db
      .selectFrom('flow_hosts')
      .select(['host_id', 'address'])
      .where('flow_id', '=', of.flowId)
      .orderBy('place')
      .execute();
    expect(rows).toEqual([
      { host_id: spare, address: expect.stringMatching(/^10\./) },
      { host_id: of.ids[1], address: '' },
    ]);
    expect(await db.selectFrom('hosts').select('id').where('id', '=', of.ids[0]!).execute()).toEqual([]);
    expect(await db.selectFrom('host_keys').select('key').where('host_id', '=', spare).execute()).toEqual([
      { key: 'kept' },
    ]);
  });

  it('are taken by one of those who want them at the same time', async () => {
    const world = await addPool(db);
    for (let n = 0; n < 5; n++) await world.host({ tags: ['spare-3'] });
    const all = await Promise.all([0, 1, 2].map(() => coming(world, 2)));

    const done = await Promise.all(all.map((of) => doStep({ db, settings }, 'create_vm', of)));

    expect(done.flatMap(statuses).filter((status) => status === 'ok')).toHaveLength(5);
    expect((await poolOf(db, world)).filter(({ provider }) => provider === 'spare')).toHaveLength(5);
  });

  it('are the same ones for who goes on, and are taken again by who has taken none', async () => {
    const world = await addPool(db);
    const of = await coming(world, 1);
    const none = await doStep({ db, settings }, 'create_vm', of);
    await db
      .insertInto('provider_intents')
      .values({ flow_host_id: of.nsids[0]!, step: 'create_vm', key: `${of.nsids[0]} of 2`, request: 'cut off' })
      .execute();
    const [one, other] = [await world.host({ tags: ['spare-3'] }), await world.host({ tags: ['spare-3'] })];

    const cut = await doStep({ db, settings }, 'create_vm', { ...of, attempt: 2 });
    const again = await doStep({ db, settings }, 'create_vm', { ...of, attempt: 2 });

    expect([none, cut, again].map(statuses)).toEqual([['failed'], ['ok'], ['ok']]);
    expect(await poolOf(db, world)).toMatchObject([{ id: one }]);
    expect(other).toBeGreaterThan(one);
  });

  it('go back to where they came from, without their pool and into the idle module where that was a module', async () => {
    const base = await addPool(db);
    const module_id = await base.module();
    await db.updateTable('pools').set({ module_id }).where('id', '=', base.poolId).execute();
    const spare = await base.host({ tags: ['spare-3'] });
    const placeholder = await base.host({ address: null, name: '', modules: [module_id] });
    const of = { world: base, ...(await base.flow([placeholder])) };

    await doStep({ db, settings }, 'create_vm', of);
    expect(await db.selectFrom('module_hosts').select('host_id').where('module_id', '=', module_id).execute()).toEqual([
      { host_id: spare },
    ]);
    expect(await poolOf(db, base)).toMatchObject([{ id: spare, provider: 'spare' }]);

    const back = { world: base, ...(await base.flow([spare])) };
    const done = await doStep({ db, settings: { vm: undefined, sd: undefined } }, 'return_vm', back);

    expect(statuses(done)).toEqual(['ok']);
    expect(await poolOf(db, base)).toEqual([]);
    const [host] = await db.selectFrom('hosts').select(['vm_id', 'provider']).where('id', '=', spare).execute();
    expect(host).toEqual({ vm_id: '', provider: '' });
    expect(await db.selectFrom('host_tags').select('tag').where('host_id', '=', spare).execute()).toEqual([
      { tag: 'spare-3' },
    ]);
    const modules = await db
      .selectFrom('module_hosts')
      .innerJoin('modules', 'modules.id', 'module_id')
      .select('kind')
      .where('host_id', '=', spare)
      .execute();
    expect(modules).toEqual([{ kind: 1 }]);
  });
});
