import { connect, type Db } from '../../db/connection';
import { currentNodeExecutions } from '../../db/current-nodes';
import type { NodeExecutionChange } from '../../db/node-executions';
import { failureEvent, listNotices } from '../../db/notices';
import { recordChanges } from '../../db/recording';
import { createDatabase } from '../support/database';
import { insertSampleTask } from '../support/sample-task';

describe('changes of a task', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let taskId: number;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
  });
  beforeEach(async () => {
    taskId = await insertSampleTask(db, { callbackUrl: 'http://here/' });
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const change = (nodeId: string, seq: number, status: string): NodeExecutionChange => ({
    ...{ nodeId, seq, status, loop: 1, retry: 0, innerLoop: 1 },
    ...(status === 'RUNNING' ? { startedAt: 1_000 } : { finishedAt: 2_000 }),
  });
  const state = (seq: number, status: string) => ({ seq, status, shown: status, at: 3_000 });
  const rows = async () =>
    Object.fromEntries((await currentNodeExecutions(db, taskId)).map(({ nodeId, status }) => [nodeId, status]));
  const task = () => db.selectFrom('tasks').selectAll().where('id', '=', taskId).executeTakeFirstOrThrow();
  const told = async () => (await listNotices(db, taskId)).map(({ event }) => event);

  it('are written together, and a second time change nothing', async () => {
    const changes = { nodes: [change('a', 1, 'FINISHED'), change('b', 2, 'RUNNING')], task: state(3, 'RUNNING') };

    expect(await recordChanges(db, taskId, changes)).toEqual([1, 2]);
    expect(await recordChanges(db, taskId, changes)).toEqual([]);

    expect(await rows()).toEqual({ a: 'FINISHED', b: 'RUNNING' });
    expect(await task()).toMatchObject({ phase: 'running', status: 'RUNNING', seq: 3, finished_at: null });
  });

  it('are dropped when newer ones were written before them', async () => {
    await recordChanges(db, taskId, { nodes: [change('a', 5, 'FINISHED')], task: state(6, 'SUSPENDED') });

    const taken = await recordChanges(db, taskId, { nodes: [change('a', 1, 'RUNNING')], task: state(2, 'RUNNING') });

    expect(taken).toEqual([]);
    expect(await rows()).toEqual({ a: 'FINISHED' });
    expect(await task()).toMatchObject({ shown: 'SUSPENDED', seq: 6 });
  });

  it('end with the task what is still open, but not what ends by itself at the same moment', async () => {
    await recordChanges(db, taskId, { nodes: [change('a', 1, 'RUNNING'), change('b', 2, 'RUNNING')] });

    const outputs = { '${x}': 1 };
    await recordChanges(db, taskId, {
      nodes: [change('a', 3, 'FINISHED')],
      task: { ...state(4, 'FINISHED'), outputs },
    });

    expect(await rows()).toEqual({ a: 'FINISHED', b: 'REVOKED' });
    expect(await task()).toMatchObject({ phase: 'ended', outputs });
    expect(await task()).toMatchObject({ finished_at: new Date(3_000) });
  });

  it('are told of once, and a failure only when its change was taken', async () => {
    const failed = change('a', 5, 'FAILED');
    const overtaken = change('a', 3, 'FAILED');
    const events = [failureEvent(failed), { event: 'revoked', success: false }];

    for (let time = 0; time < 2; time++) await recordChanges(db, taskId, { nodes: [failed], events });
    await recordChanges(db, taskId, {
      nodes: [overtaken],
      events: [{ ...failureEvent(overtaken), event: 'node_failed a 1 9' }],
    });

    expect(await told()).toEqual(['node_failed a 1 0', 'revoked']);
    const [{ body } = { body: null }] = await listNotices(db, taskId);
    expect(body).toEqual({ task_id: taskId, task_success: false, task_outputs: {}, callback_version: 'v2' });
  });
});
