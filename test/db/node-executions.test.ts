import { connect, type Db } from '../../db/connection';
import {
  type Fence,
  findNodeExecution,
  loadProgress,
  type NodeExecutionChange,
  saveProgress,
  upsertNodeExecutions,
} from '../../db/node-executions';
import { createDatabase } from '../support/database';
import { insertSampleTask } from '../support/sample-task';

describe('node executions', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let taskId: number;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
    taskId = await insertSampleTask(db);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const attempt = (retry: number, seq: number) => ({ taskId, nodeId: 'n1', loop: 1, retry, seq });
  const write = (nodes: NodeExecutionChange[], fence?: Fence) => upsertNodeExecutions(db, [{ taskId, nodes }], fence);
  const begin = (retry: number, seq: number) =>
    write([{ ...attempt(retry, seq), innerLoop: 1, status: 'RUNNING' }], 'retake');

  it('takes several changes of one attempt as one', async () => {
    const change = { ...attempt(5, 50), innerLoop: 1 };
    await write([
      { ...change, status: 'RUNNING', startedAt: 1_000, inputs: { a: 1 } },
      { ...change, seq: 51, status: 'SUSPENDED', waitingFor: 'resume' },
      { ...change, seq: 52, status: 'FINISHED', finishedAt: 2_000, outputs: { b: 2 } },
    ]);

    const row = await findNodeExecution(db, taskId, 'n1');
    expect(row).toMatchObject({ retry: 5, seq: 52, status: 'FINISHED', inputs: { a: 1 }, outputs: { b: 2 } });
    expect(row).toMatchObject({ started_at: new Date(1_000), finished_at: new Date(2_000), waiting_for: null });
  });

  describe('progress', () => {
    it('is null until it is saved, and outlives a claim that is made again', async () => {
      await begin(0, 10);
      expect(await loadProgress(db, attempt(0, 10))).toBeNull();

      expect(await saveProgress(db, attempt(0, 10), { invoking: true })).toBe(true);
      expect(await saveProgress(db, attempt(0, 10), { trace_id: 't-1' })).toBe(true);
      await begin(0, 10);

      expect(await loadProgress(db, attempt(0, 10))).toEqual({ trace_id: 't-1' });
    });

    it('belongs to one attempt: a retry begins with none', async () => {
      await begin(1, 20);

      expect(await loadProgress(db, attempt(1, 20))).toBeNull();
    });

    it('is not taken from an attempt that was overtaken', async () => {
      await begin(2, 30);
      await saveProgress(db, attempt(2, 30), 'mine');
      await write([{ ...attempt(2, 32), innerLoop: 1, status: 'FAILED' }]);

      expect(await saveProgress(db, attempt(2, 30), 'late')).toBe(false);
      expect(await loadProgress(db, attempt(2, 30))).toBe('mine');
    });

    it('is not there for an attempt that never began', async () => {
      expect(await saveProgress(db, attempt(9, 90), 'x')).toBe(false);
      expect(await loadProgress(db, attempt(9, 90))).toBeNull();
    });
  });
});
