import { sql } from 'kysely';
import { GantryError } from '../../../base/error';
import { connect, type Db } from '../../../db/connection';
import { processSource } from '../../../inventory/processes/search';
import type { Condition } from '../../../inventory/search/condition';
import { type Search, search } from '../../../inventory/search/search';
import { createDatabase } from '../../support/database';
import { addBusiness, addProcesses } from '../../support/searched-processes';

const MANY = 4_500;
const ALL = ['nginx', 'Nginx-old', 'redis', 'cron_x'];

describe('searches of processes', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let small: number;
  let other: number;
  let large: number;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
    small = (await addBusiness(db)).id;
    other = (await addBusiness(db, { account: 'else' })).id;
    large = (await addBusiness(db)).id;
    await addProcesses(db, small, [
      { name: 'nginx', port: '80', instance_count: 2, auto_start: true, bind_ip: '1', modules: ['web', 'gate'] },
      { name: 'Nginx-old', port: '8080-8089', instance_count: 10, modules: ['web'] },
      { name: 'redis', port: '6379', description: '100%', bind_ip: '2', modules: ['数据'] },
      { name: 'cron_x', port: '', instance_count: null, description: 'a\\b' },
    ]);
    await addProcesses(db, other, [{ name: 'nginx', port: '80', instance_count: 2, modules: ['web'] }]);
    await sql`
      insert into processes (business_id, name, description, instance_count)
      select ${large}::integer, 'p' || i, case when i % 2 = 0 then 'even' else 'odd' end, i % 100 + 1
        from generate_series(1, ${MANY}::integer) i`.execute(db);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const find = (asked: Search, business = small) => search(db, processSource(business), asked);
  async function namesOf(condition: Condition, business = small): Promise<unknown[]> {
    const { count, rows } = await find({ condition }, business);
    expect(count).toBe(rows.length);
    return rows.map(({ name }) => name);
  }

  describe('compare', () => {
    it.each<[Condition, string[]]>([
      [{ field: 'port', operator: 'eq', value: 80 }, ['nginx']],
      [{ field: 'port', operator: 'ne', value: '80' }, ['Nginx-old', 'redis', 'cron_x']],
      [{ field: 'instance_count', operator: 'eq', value: '2' }, ['nginx']],
      [{ field: 'instance_count', operator: 'eq', value: null }, ['redis', 'cron_x']],
      [{ field: 'instance_count', operator: 'ne', value: 2 }, ['Nginx-old', 'redis', 'cron_x']],
      [{ field: 'instance_count', operator: 'ne', value: null }, ['nginx', 'Nginx-old']],
      [{ field: 'instance_count', operator: 'ne', value: 'two' }, ALL],
      [{ field: 'instance_count', operator: 'in', value: [10, null] }, ['Nginx-old', 'redis', 'cron_x']],
      [{ field: 'instance_count', operator: 'nin', value: [10, null] }, ['nginx']],
      [{ field: 'instance_count', operator: 'nin', value: [10] }, ['nginx', 'redis', 'cron_x']],
      [{ field: 'instance_count', operator: 'in', value: [] }, []],
      [{ field: 'instance_count', operator: 'lt', value: 2.5 }, ['nginx']],
      [{ field: 'instance_count', operator: 'lte', value: 10 }, ['nginx', 'Nginx-old']],
      [{ field: 'instance_count', operator: 'gt', value: -(10n ** 30n) }, ['nginx', 'Nginx-old']],
      [{ field: 'instance_count', operator: 'gte', value: 2 ** 31 }, []],
      [{ field: 'instance_count', operator: 'gte', value: null }, []],
      [{ not: { field: 'instance_count', operator: 'gt', value: 2 } }, ['nginx', 'redis', 'cron_x']],
      [{ field: 'instance_count', operator: 'gt', value: 1e-300 }, ['nginx', 'Nginx-old']],
      [{ field: 'created_at', operator: 'lt', value: '0001-01-01T00:00:00Z' }, []],
      [{ field: 'created_at', operator: 'lte', value: '9999-12-31T23:59:59.999Z' }, ALL],
      [{ field: 'auto_start', operator: 'eq', value: true }, ['nginx']],
      [{ field: 'name', operator: 'contains', value: 'ginx' }, ['nginx', 'Nginx-old']],
      [{ field: 'name', operator: 'contains', value: '_' }, ['cron_x']],
      [{ field: 'description', operator: 'contains', value: '%' }, ['redis']],
      [{ field: 'description', operator: 'contains', value: '\\' }, ['cron_x']],
      [{ field: 'instance_count', operator: 'contains', value: '1' }, []],
      [{ field: 'name', operator: 'regex', value: '^n' }, ['nginx']],
      [{ field: 'name', operator: 'regex', value: '^n', options: 'i' }, ['nginx', 'Nginx-old']],
      [{ not: { field: 'bind_ip', operator: 'regex', value: '1' } }, ['Nginx-old', 'redis', 'cron_x']],
      [{ field: 'bind_ip', operator: 'exists', value: true }, ALL],
      [{ field: 'bind_ip', operator: 'exists', value: false }, []],
    ])('%j', async (condition, names) => {
      expect(await namesOf(condition)).toEqual(names);
    });
  });

  describe('compare each element of a list', () => {
    const field = 'module_names';

    it.each<[Condition, string[]]>([
      [{ field, operator: 'eq', value: 'web' }, ['nginx', 'Nginx-old']],
      [{ field, operator: 'ne', value: 'web' }, ['redis', 'cron_x']],
      [{ field, operator: 'in', value: ['gate', '数据'] }, ['nginx', 'redis']],
      [{ field, operator: 'nin', value: ['gate', '数据'] }, ['Nginx-old', 'cron_x']],
      [{ field, operator: 'contains', value: 'at' }, ['nginx']],
      [{ field, operator: 'regex', value: '^.{2}$' }, ['redis']],
      [{ not: { field, operator: 'regex', value: '^.{2}$' } }, ['nginx', 'Nginx-old', 'cron_x']],
      [{ field, operator: 'lt', value: 'h' }, ['nginx']],
      [{ field, operator: 'exists', value: false }, ['cron_x']],
      [{ field, operator: 'exists', value: true }, ['nginx', 'Nginx-old', 'redis']],
      [{ field, operator: 'eq', value: null }, ['cron_x']],
      [{ field, operator: 'ne', value: null }, ['nginx', 'Nginx-old', 'redis']],
    ])('%j', async (condition, names) => {
      expect(await namesOf(condition)).toEqual(names);
    });
  });

  describe('take a field that there is not for one that is missing', () => {
    it.each<[Condition, string[]]>([
      [{ field: 'what', operator: 'eq', value: 'a' }, []],
      [{ field: 'what', operator: 'ne', value: 'a' }, ALL],
      [{ field: 'what', operator: 'eq', value: null }, ALL],
      [{ field: 'what', operator: 'nin', value: ['a', null] }, []],
      [{ field: 'what', operator: 'exists', value: false }, ALL],
      [{ field: 'what', operator: 'regex', value: '' }, []],
      [{ field: 'toString', operator: 'gte', value: '' }, []],
    ])('%j', async (condition, names) => {
      expect(await namesOf(condition)).toEqual(names);
    });
  });

  it('never find what is in another business, whatever is asked', async () => {
    const anywhere: Condition[] = [
      { field: 'business_id', operator: 'eq', value: other },
      { field: 'supplier_account', operator: 'eq', value: 'else' },
      { field: 'business_id', operator: 'ne', value: small },
    ];
    for (const condition of anywhere) expect(await namesOf(condition)).toEqual([]);

    const everything: Condition[] = [
      { or: [{ and: [] }, ...anywhere] },
      { not: { and: anywhere } },
      { or: [...anywhere, { field: 'name', operator: 'regex', value: '' }] },
    ];
    for (const condition of everything) {
      expect(await namesOf(condition)).toEqual(ALL);
    }
    expect(await namesOf({ field: 'module_names', operator: 'eq', value: 'web' }, other)).toEqual(['nginx']);
  });

  it('show what is asked for, and the id', async () => {
    const named = await find({ fields: ['port', 'module_names', 'what', 'port'], limit: 1 });
    const all = await find({ limit: 1 });

    const id = expect.any(Number);
    expect(named.rows).toEqual([{ id, port: '80', module_names: ['gate', 'web'] }]);
    expect(all.rows).toEqual([
      expect.objectContaining({
        id,
        business_id: small,
        supplier_account: '0',
        name: 'nginx',
        created_at: expect.any(Date),
      }),
    ]);
    expect(all.rows[0]).not.toHaveProperty('module_names');
  });

  it('sort by several fields, without a value first, and then by id', async () => {
    const order = async (sort: Search['sort']) => (await find({ sort: sort! })).rows.map(({ name }) => name);

    expect(await order([{ field: 'bind_ip', descending: false }])).toEqual(['Nginx-old', 'cron_x', 'nginx', 'redis']);
    expect(await order([{ field: 'bind_ip', descending: true }])).toEqual(['redis', 'nginx', 'Nginx-old', 'cron_x']);
    expect(
      await order([
        { field: 'what', descending: true },
        { field: 'module_names', descending: true },
        { field: 'auto_start', descending: true },
        { field: 'name', descending: true },
        { field: 'name', descending: false },
      ]),
    ).toEqual(['nginx', 'redis', 'cron_x', 'Nginx-old']);
  });

  describe('with a pattern', () => {
    const endsWith7: Condition = { field: 'name', operator: 'regex', value: '7$' };

    it('look at all rows, in batches', async () => {
      const { count, rows } = await find({ condition: endsWith7, start: 440, limit: 20 }, large);

      expect(count).toBe(MANY / 10);
      expect(rows.map(({ name }) => name)).toEqual([
        'p4407',
        'p4417',
        'p4427',
        'p4437',
        'p4447',
        'p4457',
        'p4467',
        'p4477',
        'p4487',
        'p4497',
      ]);
    });

    it('and other conditions find what fulfils all of them, in the order asked for', async () => {
      const odd: Condition = { field: 'description', operator: 'eq', value: 'odd' };
      const condition: Condition = { and: [odd, endsWith7, { field: 'instance_count', operator: 'lt', value: 20 }] };
      const sort = [
        { field: 'instance_count', descending: true },
        { field: 'id', descending: true },
      ];

      const { count, rows } = await find({ condition, sort, limit: 3 }, large);

      expect(count).toBe(90);
      expect(rows.map(({ name }) => name)).toEqual(['p4417', 'p4317', 'p4217']);
    });

    it('that would take others longer than anybody lives come to an end', async () => {
      const { id } = await addBusiness(db);
      const start_command = 'x'.repeat(2_000);
      await addProcesses(db, id, [
        { name: 'long', start_command },
        { name: 'end', start_command: `${start_command.slice(1)}y` },
      ]);

      for (const value of ['(x+x+)+y', '(x*)*y', '(x|xx)+y$', '^(.*.*.*)*y$', '(.*){10}(.*){10}y$']) {
        expect(await namesOf({ field: 'start_command', operator: 'regex', value }, id)).toEqual(['end']);
      }
    });

    it('let others have their turn', async () => {
      let turns = 0;
      let isOver = false;
      const count = (): void => {
        turns += 1;
        if (!isOver) setImmediate(count);
      };
      setImmediate(count);

      // A row takes a sixth of a millisecond.
      let time = 0;
      await search(db, processSource(large), { condition: endsWith7 }, () => (time += 1 / 6));
      isOver = true;

      expect(turns).toBeGreaterThanOrEqual(Math.floor(MANY / 6 / 5 / 2));
    });

    it('are refused after a second of matching, saying what to do', async () => {
      let looks = 0;
      const asked = search(db, processSource(large), { condition: endsWith7 }, () => {
        looks += 1;
        return looks;
      });

      const error: unknown = await asked.catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(GantryError);
      expect(error).toMatchObject({
        kind: 'too_large',
        message: expect.stringContaining('conditions without a pattern'),
      });
      // One look a millisecond, so that a second is about as many rows.
      expect(looks).toBeLessThan(1_500);
    });

    it('that cannot be read are refused, whatever else is asked', async () => {
      const nothing: Condition = { field: 'what', operator: 'eq', value: 'a' };
      const condition: Condition = {
        and: [nothing, { field: 'what', label: 'bk_what', operator: 'regex', value: '(' }],
      };

      await expect(find({ condition })).rejects.toMatchObject({
        kind: 'invalid',
        reason: { code: 'malformed', args: { field: 'bk_what' } },
      });
    });
  });
});
