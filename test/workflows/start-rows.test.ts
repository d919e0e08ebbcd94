import '../support/own-plugins';

import { sql } from 'kysely';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

describe('the row of an attempt that may be repeated', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await sql`create table writes (id serial, status text, started_at timestamptz, inputs json)`.execute(gantry.db);
    await sql`create function note() returns trigger language plpgsql as $$ begin
      insert into writes (status, started_at, inputs) values (new.status, new.started_at, new.inputs);
      return new;
    end $$`.execute(gantry.db);
    await sql`create trigger note after insert or update on node_executions for each row
      when (new.inputs is not null) execute function note()`.execute(gantry.db);
    await gantry.startWorker();
  });
  beforeEach(() => sql`truncate writes`.execute(gantry.db));
  afterAll(() => gantry.stop());

  async function statesWritten(ms: number): Promise<string[]> {
    const tree = sketch({ chains: ['S a E'], activities: { a: { code: 'bench_noop', inputs: { ms } } } });
    const { task_id } = await gantry.create(tree);
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FINISHED');
    const { rows } = await sql<{ status: string; started_at: Date | null; inputs: unknown }>`
      select * from writes order by id`.execute(gantry.db);
    for (const row of rows) expect(row).toMatchObject({ started_at: expect.any(Date), inputs: { ms } });
    return rows.map(({ status }) => status);
  }

  it('is written once when the work is short', async () => {
    const written: string[][] = [];
    for (let turn = 0; turn < 5; turn++) written.push(await statesWritten(0));

    // A loaded machine may take its time over one of them, but not over all.
    expect(written).toContainEqual(['FINISHED']);
  });

  it('says RUNNING first when it lasts', async () => {
    expect(await statesWritten(400)).toEqual(['RUNNING', 'FINISHED']);
  });
});
