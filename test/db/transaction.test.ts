import { sql } from 'kysely';
import { connect, type Db } from '../../db/connection';
import { transact } from '../../db/transaction';
import { createEmptyDatabase } from '../support/database';

describe('a transaction', () => {
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let db: Db;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    db = connect(database.url);
    await sql`create table counters (id int primary key, value int not null)`.execute(db);
  });

  beforeEach(async () => {
    await sql`truncate counters`.execute(db);
    await sql`insert into counters values (1, 0), (2, 0)`.execute(db);
  });

  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const values = async () =>
    (await sql<{ value: number }>`select value from counters order by id`.execute(db)).rows.map(({ value }) => value);

  it('that loses a deadlock is done again, from its beginning', async () => {
    let attempts = 0;
    const met = meeting(2);
    const countBoth = (first: number, second: number) =>
      transact(db, async (tx) => {
        attempts += 1;
        await sql`update counters set value = value + 1 where id = ${first}`.execute(tx);
        // Once both have the row that the other one wants, one of them has to lose.
        if (attempts <= 2) await met();
        await sql`update counters set value = value + 1 where id = ${second}`.execute(tx);
      });

    await Promise.all([countBoth(1, 2), countBoth(2, 1)]);

    expect(await values()).toEqual([2, 2]);
    expect(attempts).toBe(3);
  });

  it('that fails for another reason is done once, and leaves nothing', async () => {
    let attempts = 0;
    const failing = transact(db, async (tx) => {
      attempts += 1;
      await sql`update counters set value = 7`.execute(tx);
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect([attempts, ...(await values())]).toEqual([1, 0, 0]);
  });

  it('that loses again and again ends in the error of the server', async () => {
    let attempts = 0;
    const losing = transact(db, async (tx) => {
      attempts += 1;
      await sql`do $$ begin raise serialization_failure; end $$`.execute(tx);
    });

    await expect(losing).rejects.toMatchObject({ code: '40001' });
    expect(attempts).toBe(5);
  });
});

/** Lets everybody wait until so many are there. */
function meeting(count: number): () => Promise<void> {
  let here = 0;
  let open = () => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    here += 1;
    if (here === count) open();
    return all;
  };
}
