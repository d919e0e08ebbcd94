import { connect, type Db } from '../../db/connection';
import { NodeExecutionWriter } from '../../db/node-execution-writer';
import type { NodeExecutionChange } from '../../db/node-executions';
import { createDatabase } from '../support/database';
import { insertSampleTask } from '../support/sample-task';

describe('changes of many tasks', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let taskIds: number[];
  let writer: NodeExecutionWriter;
  /** Rows that each statement brought. */
  let statements: number[];

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
  });
  beforeEach(async () => {
    taskIds = [await insertSampleTask(db), await insertSampleTask(db), await insertSampleTask(db)];
    statements = [];
    writer = new NodeExecutionWriter(
      db.withPlugin({
        transformQuery: ({ node }) => node,
        async transformResult({ result }) {
          statements.push(result.rows.length);
          return result;
        },
      }),
    );
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const change = (nodeId: string, seq: number, status = 'FINISHED'): NodeExecutionChange => ({
    ...{ nodeId, seq, status, loop: 1, retry: 0, innerLoop: 1 },
  });
  async function statesOf(taskId: number): Promise<Record<string, string>> {
    const rows = await db
      .selectFrom('node_executions')
      .select(['node_id', 'status'])
      .where('task_id', '=', taskId)
      .execute();
    return Object.fromEntries(rows.map(({ node_id, status }) => [node_id, status]));
  }
  /** One that goes at once, so that what follows it has to wait. */
  const first = () => writer.write(taskIds[0]!, [change('first', 1)]);

  it('that come together are written together, and each learns of its own', async () => {
    const [one, two, three] = taskIds as [number, number, number];
    const taken = await Promise.all([
      first(),
      writer.write(one, [change('a', 5), change('b', 6)]),
      writer.write(two, [change('a', 5)]),
      writer.write(three, [change('a', 7), change('a', 8)]),
    ]);

    expect(taken).toEqual([[1], [5, 6], [5], [8]]);
    expect(statements).toEqual([1, 4]);
    expect(await statesOf(one)).toEqual({ first: 'FINISHED', a: 'FINISHED', b: 'FINISHED' });
    expect(await statesOf(two)).toEqual({ a: 'FINISHED' });
  });

  it('under different fences do not mix', async () => {
    const [one, two] = taskIds as [number, number, number];
    await writer.write(one, [change('a', 5, 'RUNNING')]);
    await writer.write(two, [change('a', 5, 'RUNNING')]);

    const taken = await Promise.all([
      first(),
      writer.write(one, [change('a', 5, 'RUNNING')], { fence: 'newer' }),
      writer.write(two, [change('a', 5, 'RUNNING')], { fence: 'retake' }),
    ]);

    expect(taken).toEqual([[1], [], [5]]);
  });

  it('of the same attempt are taken once', async () => {
    const [one, two] = taskIds as [number, number, number];
    const taken = await Promise.all([
      first(),
      writer.write(two, [change('other', 3)]),
      writer.write(one, [change('once', 5, 'RUNNING')]),
      writer.write(one, [change('once', 5, 'RUNNING')]),
    ]);

    expect(taken.slice(0, 2)).toEqual([[1], [3]]);
    expect(taken.slice(2).flat()).toEqual([5]);
  });

  it('are written though the server does not take one of them', async () => {
    const [one, two] = taskIds as [number, number, number];
    const results = await Promise.allSettled([
      first(),
      writer.write(one, [change('a', 5)]),
      writer.write(0, [change('of a task that is not there', 5)]),
      writer.write(two, [change('a', 5)]),
    ]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await statesOf(one)).toMatchObject({ a: 'FINISHED' });
    expect(await statesOf(two)).toEqual({ a: 'FINISHED' });
  });

  it('are not tried one by one when nobody is there to take them', async () => {
    const nobody = connect('postgres://postgres@127.0.0.1:1/x');
    let tries = 0;
    const counting = nobody.withPlugin({
      transformQuery({ node }) {
        tries += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    writer = new NodeExecutionWriter(counting);

    const results = await Promise.allSettled([
      first(),
      writer.write(taskIds[0]!, [change('a', 5)]),
      writer.write(taskIds[1]!, [change('a', 5)]),
    ]);
    await nobody.destroy();

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(tries).toBe(2);
  });

  it('that may not wait take along what waits', async () => {
    const [one, two] = taskIds as [number, number, number];
    const taken = await Promise.all([
      first(),
      writer.write(one, [change('a', 5)]),
      writer.write(two, [change('a', 5)], { atOnce: true }),
    ]);

    expect(taken).toEqual([[1], [5], [5]]);
    expect(statements).toHaveLength(2);
  });

  it('of nothing are no statement', async () => {
    expect(await writer.write(taskIds[0]!, [])).toEqual([]);
    expect(statements).toEqual([]);
  });
});
