import { deleteBusiness } from '../../../db/businesses';
import { connect, type Db } from '../../../db/connection';
import type { Source } from '../../../db/search/column';
import type { HostPlace } from '../../../db/search/hosts';
import { businessSource } from '../../../inventory/businesses/search';
import { hostSource } from '../../../inventory/hosts/search';
import type { Condition } from '../../../inventory/search/condition';
import { search } from '../../../inventory/search/search';
import { moduleSource, setSource } from '../../../inventory/topology/search';
import { createDatabase } from '../../support/database';
import { addBusiness } from '../../support/searched-processes';

const EVERYTHING: Condition = { and: [] };

describe('what can be searched', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let own: Awaited<ReturnType<typeof addBusiness>>;
  let second: Awaited<ReturnType<typeof addBusiness>>;
  let foreign: Awaited<ReturnType<typeof addBusiness>>;
  let sets: Record<'east' | 'west', number>;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
    own = await addBusiness(db, { name: '商城' });
    second = await addBusiness(db, { name: 'Shop' });
    foreign = await addBusiness(db, { account: 'else', name: '商城' });
    sets = { east: await addSet(own.id, 'east'), west: await addSet(own.id, 'west') };
    await addSet(foreign.id, 'east');
    const web = await addModule(own.id, sets.east, 'web');
    const gate = await addModule(own.id, sets.west, 'gate');
    await addHost('10.0.0.1', own.projectId, { modules: [web, gate], tags: ['ssd', 'old'] });
    await addHost('10.0.0.2', own.projectId, { modules: [web], tags: ['old'] });
    await addHost('10.0.0.3', second.projectId, { tags: ['ssd'] });
    await addHost('10.0.0.4', null, {});
    await db
      .insertInto('clouds')
      .values({ supplier_account: 'else', id: 0, name: 'a cloud' })
      .onConflict((on) => on.doNothing())
      .execute();
    await addHost('10.0.0.1', foreign.projectId, { account: 'else', tags: ['ssd'] });
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  async function addSet(business_id: number, name: string): Promise<number> {
    const set = { business_id, name, capacity: null };
    return (await db.insertInto('sets').values(set).returning('id').executeTakeFirstOrThrow()).id;
  }

  async function addModule(business_id: number, set_id: number, name: string): Promise<number> {
    const module = { business_id, set_id, name };
    return (await db.insertInto('modules').values(module).returning('id').executeTakeFirstOrThrow()).id;
  }

  async function addHost(
    address: string,
    project_id: number | null,
    { account = '0', modules = [], tags = [] }: { account?: string; modules?: number[]; tags?: string[] },
  ): Promise<void> {
    const host = { supplier_account: account, address, project_id };
    const { id: host_id } = await db.insertInto('hosts').values(host).returning('id').executeTakeFirstOrThrow();
    for (const module_id of modules) await db.insertInto('module_hosts').values({ module_id, host_id }).execute();
    for (const tag of tags) await db.insertInto('host_tags').values({ host_id, tag }).execute();
  }

  async function valuesOf(source: Source, field: string, condition: Condition = EVERYTHING): Promise<unknown[]> {
    const { count, rows } = await search(db, source, { condition, limit: 200 });
    expect(count).toBe(rows.length);
    return rows.map((row) => row[field]);
  }

  it('has a row with all that can be shown', async () => {
    const place = { projectIds: [own.projectId] };
    const sources = [businessSource('0', 'all'), setSource(own.id), moduleSource(own.id), hostSource('0', place)];
    for (const source of sources) {
      const [row] = (await search(db, source, { fields: Object.keys(source.columns), limit: 1 })).rows;

      expect(Object.keys(row!).sort()).toEqual(Object.keys(source.columns).sort());
      expect(row).toMatchObject({ id: expect.any(Number), supplier_account: '0', created_at: expect.any(Date) });
    }
  });

  it('takes a condition on any of its fields, and any order', async () => {
    const place = { projectIds: [own.projectId] };
    for (const source of [
      businessSource('0', 'all'),
      setSource(own.id),
      moduleSource(own.id),
      hostSource('0', place),
    ]) {
      const all = (await search(db, source, {})).count;
      for (const [field, { type }] of Object.entries(source.columns)) {
        const value = { text: 'x', integer: -1, boolean: true, time: '2000-01-01T00:00:00Z' }[type];
        const some: Condition = { field, operator: 'eq', value };
        const either: Condition = { or: [some, { not: some }] };
        const sort = [{ field, descending: true }];

        expect(await search(db, source, { condition: either, sort })).toMatchObject({ count: all });
        expect(await search(db, source, { condition: { and: [some, { not: some }] } })).toEqual({ count: 0, rows: [] });
      }
    }
  });

  it('are businesses of an account, those that may be seen', async () => {
    const all = await valuesOf(businessSource('0', 'all'), 'name');

    expect(all).toEqual(expect.arrayContaining(['商城', 'Shop']));
    expect(await valuesOf(businessSource('else', 'all'), 'id')).toEqual([foreign.id]);
    expect(await valuesOf(businessSource('0', [own.projectId, foreign.projectId]), 'id')).toEqual([own.id]);
    expect(await valuesOf(businessSource('0', [second.projectId]), 'time_zone')).toEqual(['UTC']);
    expect(await valuesOf(businessSource('0', []), 'id')).toEqual([]);
  });

  it('are no businesses that were deleted', async () => {
    const { id, projectId } = await addBusiness(db, { name: 'gone' });
    expect(await valuesOf(businessSource('0', [projectId]), 'id')).toEqual([id]);

    await deleteBusiness(db, id);

    expect(await valuesOf(businessSource('0', [projectId]), 'id')).toEqual([]);
  });

  it('are sets and modules of a business', async () => {
    const ordinary: Condition = { field: 'kind', operator: 'eq', value: 0 };

    expect(await valuesOf(setSource(own.id), 'name')).toEqual(['空闲机池', 'east', 'west']);
    expect(await valuesOf(setSource(own.id), 'name', ordinary)).toEqual(['east', 'west']);
    expect(await valuesOf(setSource(foreign.id), 'supplier_account', ordinary)).toEqual(['else']);
    expect(await valuesOf(moduleSource(own.id), 'name', ordinary)).toEqual(['web', 'gate']);
    expect(await valuesOf(moduleSource(own.id, sets.west), 'name')).toEqual(['gate']);
    expect(await valuesOf(moduleSource(second.id, sets.west), 'name')).toEqual([]);
  });

  describe('are hosts', () => {
    const addresses = (place: HostPlace, condition?: Condition, account = '0') =>
      valuesOf(hostSource(account, place), 'address', condition);

    it('of an account, where the caller may look', async () => {
      expect(await addresses('anywhere')).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']);
      expect(await addresses('pool')).toEqual(['10.0.0.4']);
      expect(await addresses({ projectIds: [own.projectId] })).toEqual(['10.0.0.1', '10.0.0.2']);
      expect(await addresses({ projectIds: [second.projectId, foreign.projectId] })).toEqual(['10.0.0.3']);
      expect(await addresses('anywhere', EVERYTHING, 'else')).toEqual(['10.0.0.1']);
      expect(await addresses('anywhere', { field: 'supplier_account', operator: 'eq', value: 'else' })).toEqual([]);
    });

    it('by their businesses', async () => {
      const source = hostSource('0', 'anywhere');

      expect(await valuesOf(source, 'business_id')).toEqual([own.id, own.id, second.id, null]);
      expect(await addresses('anywhere', { field: 'business_name', operator: 'eq', value: 'Shop' })).toEqual([
        '10.0.0.3',
      ]);
      expect(await addresses('anywhere', { field: 'business_id', operator: 'eq', value: null })).toEqual(['10.0.0.4']);
    });

    it.each<[Condition, string[]]>([
      [{ field: 'tags', operator: 'eq', value: 'ssd' }, ['10.0.0.1', '10.0.0.3']],
      [{ field: 'tags', operator: 'ne', value: 'ssd' }, ['10.0.0.2', '10.0.0.4']],
      [{ field: 'tags', operator: 'regex', value: '^s' }, ['10.0.0.1', '10.0.0.3']],
      [{ field: 'module_names', operator: 'in', value: ['gate', 'web'] }, ['10.0.0.1', '10.0.0.2']],
      [{ field: 'module_names', operator: 'nin', value: ['gate'] }, ['10.0.0.2', '10.0.0.3', '10.0.0.4']],
      [{ field: 'module_ids', operator: 'exists', value: false }, ['10.0.0.3', '10.0.0.4']],
      [{ field: 'set_names', operator: 'contains', value: 'es' }, ['10.0.0.1']],
      [{ field: 'set_names', operator: 'regex', value: '^east$' }, ['10.0.0.1', '10.0.0.2']],
      [
        {
          or: [
            { field: 'set_names', operator: 'regex', value: 'w' },
            { field: 'module_ids', operator: 'eq', value: null },
          ],
        },
        ['10.0.0.1', '10.0.0.3', '10.0.0.4'],
      ],
    ])('by what they have many of: %j', async (condition, wanted) => {
      expect(await addresses('anywhere', condition)).toEqual(wanted);
    });
  });
});
