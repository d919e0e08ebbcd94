import { answerSearch } from '../../../../api/cmdb/search/answer';
import { SEARCHED_BUSINESSES } from '../../../../api/cmdb/search/businesses';
import { SEARCHED_PROCESSES } from '../../../../api/cmdb/search/processes';
import { SEARCHED_MODULES, SEARCHED_SETS } from '../../../../api/cmdb/search/topology';
import { connect, type Db } from '../../../../db/connection';
import { businessSource } from '../../../../inventory/businesses/search';
import { processSource } from '../../../../inventory/processes/search';
import { moduleSource, setSource } from '../../../../inventory/topology/search';
import { createDatabase } from '../../../support/database';
import { addBusiness, addProcesses } from '../../../support/searched-processes';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('what searches of CMDB answer', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let business: number;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
    business = (await addBusiness(db, { account: 'mall', name: 'Big Mall' })).id;
    await addBusiness(db, { account: 'mall', name: 'small shop' });
    await db.updateTable('businesses').set({ maintainer: 'ann,bob' }).where('id', '=', business).execute();
    await addProcesses(db, business, [{ name: 'nginx', port: '80', modules: ['空闲机'] }]);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const businesses = (body: Record<string, unknown>) =>
    answerSearch(db, businessSource('mall', 'all'), SEARCHED_BUSINESSES, body);
  const sets = (body: Record<string, unknown>) => answerSearch(db, setSource(business), SEARCHED_SETS, body);
  const modules = (body: Record<string, unknown>) => answerSearch(db, moduleSource(business), SEARCHED_MODULES, body);
  const processes = (body: Record<string, unknown>) =>
    answerSearch(db, processSource(business), SEARCHED_PROCESSES, body);

  it.each<[string, () => ReturnType<typeof answerSearch>, { model: { properties: readonly { id: string }[] } }]>([
    ['businesses', () => businesses({ page: { limit: 1 } }), SEARCHED_BUSINESSES],
    ['sets', () => sets({}), SEARCHED_SETS],
    ['modules', () => modules({ page: { limit: 1 } }), SEARCHED_MODULES],
    ['processes', () => processes({}), SEARCHED_PROCESSES],
  ])('of %s has every property, with a value or null', async (_of, ask, { model }) => {
    const { info } = await ask();

    expect(info).toHaveLength(1);
    expect(Object.keys(info[0]!).sort()).toEqual(model.properties.map(({ id }) => id).sort());
    expect(Object.values(info[0]!)).not.toContain(undefined);
    expect(info[0]).toMatchObject({
      bk_supplier_account: 'mall',
      create_time: expect.stringMatching(RFC_3339),
      last_time: expect.stringMatching(RFC_3339),
    });
  });

  it('has what was asked for, also where two properties are one', async () => {
    expect(await modules({ fields: ['bk_set_id', 'what'], page: { sort: '-bk_module_name', limit: '1' } })).toEqual({
      count: 2,
      info: [{ bk_set_id: expect.any(Number), bk_module_id: expect.any(Number) }],
    });
    expect(await sets({ fields: ['bk_parent_id'] })).toEqual({
      count: 1,
      info: [{ bk_parent_id: business, bk_set_id: expect.any(Number) }],
    });
  });

  describe('of businesses', () => {
    const names = async (condition: Record<string, unknown>) =>
      (await businesses({ condition, fields: ['bk_biz_name'] })).info.map(({ bk_biz_name }) => bk_biz_name);

    it('finds parts of texts, and what is equal otherwise', async () => {
      expect(await names({ bk_biz_name: 'all' })).toEqual(['Big Mall', 'small shop']);
      expect(await names({ bk_biz_name: 'Mall' })).toEqual(['Big Mall']);
      expect(await names({ bk_biz_maintainer: 'bob' })).toEqual(['Big Mall']);
      expect(await names({ bk_biz_name: { $eq: 'Mall' } })).toEqual([]);
      expect(await names({ life_cycle: 2 })).toEqual(['Big Mall', 'small shop']);
      expect(await names({ time_zone: 'UT' })).toEqual(['Big Mall', 'small shop']);
    });

    it('finds them by their ids, which the path does not say, and in no other account', async () => {
      expect(await names({ bk_biz_id: String(business) })).toEqual(['Big Mall']);
      expect(await names({ bk_biz_id: { $gt: business }, bk_supplier_account: '0' })).toEqual(['small shop']);
    });
  });

  it('of sets and modules finds them by what they are for', async () => {
    expect((await sets({ condition: { default: 0 } })).count).toBe(0);
    expect((await modules({ condition: { default: { $in: [1, 2] }, bk_biz_id: 1 } })).count).toBe(2);
    expect((await modules({ condition: { bk_module_name: '空闲' } })).count).toBe(0);
    expect((await modules({ condition: { bk_module_name: '空闲机' } })).count).toBe(1);
  });
});
