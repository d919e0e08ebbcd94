import { Migrator, sql } from 'kysely';
import { changeProject, createProject } from '../../access/projects';
import { connect, type Db } from '../../db/connection';
import { migrations } from '../../db/migrations';
import { createDatabase, createEmptyDatabase } from '../support/database';

const ACTOR = { username: 'test', appCode: 'test', source: 'api' };

/** A business with the names of its sets and modules. */
async function described(db: Db, projectId: number) {
  const business = await db.selectFrom('businesses').selectAll().where('project_id', '=', projectId).executeTakeFirst();
  const modules = await db
    .selectFrom('modules')
    .innerJoin('sets', 'sets.id', 'modules.set_id')
    .select(['sets.name as set', 'sets.kind as set_kind', 'modules.name', 'modules.kind'])
    .where('modules.business_id', '=', business!.id)
    .orderBy('modules.kind')
    .execute();
  return { ...business, modules };
}

const IDLE = [
  { set: '空闲机池', set_kind: 1, name: '空闲机', kind: 1 },
  { set: '空闲机池', set_kind: 1, name: '故障机', kind: 2 },
];

describe('the business of a project', () => {
  it('is made by the migration: with the id that was given by hand, or one that nobody gave', async () => {
    const { url, drop } = await createEmptyDatabase();
    const db = connect(url, { maxConnections: 1 });
    try {
      const before = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0015'));
      await new Migrator({ db, provider: { getMigrations: async () => before } }).migrateToLatest();
      await sql`insert into projects (id, name, bk_biz_id, from_cmdb) values
        (11, 'shop', 7, true), (12, 'shop', null, false), (13, 'shop', 1000001, true), (14, 'other', null, false),
        (15, 'shop 2', null, false), (16, 'shop', 7, false)`.execute(db);

      const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
      expect((await migrator.migrateToLatest()).error).toBeUndefined();

      const businesses = await Promise.all([11, 12, 13, 14, 15, 16].map((id) => described(db, id)));
      expect(businesses.map(({ id, name }) => [id, name])).toEqual([
        [7, 'shop'],
        [1000000, 'shop 3'],
        [1000001, 'shop 2'],
        [1000002, 'other'],
        [1000003, 'shop 2 2'],
        [1000004, 'shop 4'],
      ]);
      for (const { modules, supplier_account } of businesses) {
        expect([modules, supplier_account]).toEqual([IDLE, '0']);
      }
      expect(await createProject(db, { name: 'next', bizId: null, timeZone: 'UTC' }, ACTOR)).toBeDefined();
    } finally {
      await db.destroy();
      await drop();
    }
  });

  describe('that is made', () => {
    let database: Awaited<ReturnType<typeof createDatabase>>;
    let db: Db;
    const make = (name: string, bizId: number | null) => createProject(db, { name, bizId, timeZone: 'UTC' }, ACTOR);

    beforeAll(async () => {
      database = await createDatabase();
      db = connect(database.url);
    });

    afterAll(async () => {
      await db.destroy();
      await database.drop();
    });

    it('has its id, or a new one that nobody has given by hand', async () => {
      const { rows } = await sql<{ next: string }>`select nextval('businesses_id_seq') as next`.execute(db);
      const next = Number(rows[0]!.next) + 1;
      const byHand = await make('by hand', next);
      const made = await make('made', null);

      expect(await described(db, byHand.id)).toMatchObject({ id: next, name: 'by hand', modules: IDLE });
      expect(await described(db, made.id)).toMatchObject({ id: next + 1, name: 'made', modules: IDLE });
      await expect(make('again', next)).rejects.toThrow(`bk_biz_id ${next} has a project already`);
      await expect(make('again', next + 1)).rejects.toThrow(`bk_biz_id ${next + 1} has a project already`);
      expect(await db.selectFrom('projects').select('id').where('name', '=', 'again').execute()).toEqual([]);
    });

    it('has a name of its own where projects share theirs', async () => {
      const [first, second] = [await make('twin', 301), await make('twin', 302)];

      expect(await described(db, first.id)).toMatchObject({ name: 'twin' });
      expect(await described(db, second.id)).toMatchObject({ name: 'twin (302)' });
    });

    it('follows when the project becomes that of another business, with all that is in it', async () => {
      const { id } = await make('moves', 401);
      await changeProject(db, id, { bizId: 402 }, ACTOR);

      expect(await db.selectFrom('businesses').select('id').where('id', '=', 401).execute()).toEqual([]);
      expect(await described(db, id)).toMatchObject({ id: 402, modules: IDLE });

      await changeProject(db, id, { bizId: null }, ACTOR);
      expect((await described(db, id)).id).toBeGreaterThan(1_000_000);
      await expect(changeProject(db, id, { bizId: 301 }, ACTOR)).rejects.toThrow('has a project already');
    });
  });
});
