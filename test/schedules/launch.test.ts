import { createLauncher } from '../../schedules/launch';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { shelve } from '../support/templates';
import { sketch } from '../support/trees';

const NEVER_SOON = { minute: '0', hour: '4', day_of_month: '29', month_of_year: '2' };

describe('a launch', () => {
  let gantry: Gantry;
  let templateId: number;
  let id: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    templateId = await shelve(gantry.db, 'short', sketch({ chains: ['S a E'] }));
  });

  beforeEach(async () => {
    const body = { name: 'x', cron: NEVER_SOON };
    id = (await gantry.post(`/apigw/create_periodic_task/${templateId}/1/`, body)).data.id;
    await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: true });
  });

  afterEach(() => gantry.services.schedules.remove(`periodic-${id}`));

  afterAll(async () => {
    await gantry.stopWorker();
    await gantry.stop();
  });

  const request = (nominalAt: string, more: object = {}) => ({
    schedule: `periodic-${id}`,
    nominalAt,
    firedAt: new Date().toISOString(),
    ...more,
  });
  const launch = (nominalAt: string, more: object = {}) => createLauncher(gantry.services)(request(nominalAt, more));
  const info = async () => (await gantry.get(`/apigw/get_periodic_task_info/${id}/1/`)).data;
  const tasks = () => gantry.db.selectFrom('tasks').selectAll().where('create_info', '=', String(id)).execute();

  it('makes one task, however often it is tried, also at the same moment', async () => {
    const at = '2026-11-01T00:00:00.000Z';

    const settled = await Promise.allSettled([launch(at), launch(at), launch(at)]);
    const last = await launch(at);

    expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await tasks()).toMatchObject([{ id: last.taskId }]);
    expect((await info()).total_run_count).toBe(1);
  });

  it('makes up for a start that was interrupted', async () => {
    const at = '2026-11-01T00:00:00.000Z';
    const { taskId } = await launch(at);
    await gantry.db
      .updateTable('tasks')
      .set({ phase: 'created', status: 'CREATED', started_at: null })
      .where('id', '=', taskId!)
      .execute();

    expect(await launch(at)).toEqual({ state: 'launched', taskId, reason: '' });

    expect(await tasks()).toMatchObject([{ id: taskId, phase: 'starting' }]);
  });

  it('gives up what comes too late: a deploy does not fire a week after its time', async () => {
    const firedAt = new Date(Date.now() - 301_000).toISOString();

    const result = await launch('2026-11-01T00:00:00.000Z', { firedAt });

    expect(result).toMatchObject({ state: 'failed', taskId: null, reason: expect.stringContaining('missed') });
    expect(await tasks()).toEqual([]);
    expect(await info()).toMatchObject({ total_run_count: 0, last_run_at: '' });
  });

  it('is skipped when the task was disabled or deleted after it had fired', async () => {
    await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: false });
    const disabled = await launch('2026-11-01T00:00:00.000Z');
    await gantry.post(`/apigw/delete_periodic_task/${id}/1/`);
    const deleted = await launch('2026-11-02T00:00:00.000Z');

    expect([disabled.state, deleted.state]).toEqual(['skipped', 'skipped']);
    expect([disabled.reason, deleted.reason]).toEqual([
      'the periodic task is disabled',
      'the periodic task was deleted',
    ]);
    expect(await tasks()).toEqual([]);
  });

  it('records what is wrong with the task, and does not count it', async () => {
    const { pipeline_tree } = await info();
    const broken = { ...pipeline_tree, start_event: undefined };
    await gantry.db
      .updateTable('periodic_tasks')
      .set({ tree: JSON.stringify(broken) })
      .where('id', '=', id)
      .execute();

    const result = await launch('2026-11-01T00:00:00.000Z');

    expect(result).toMatchObject({ state: 'failed', taskId: null });
    const { data } = await gantry.get(`/apigw/get_periodic_task_history/${id}/1/`);
    expect(data).toMatchObject([
      { start_success: false, task_id: null, ex_data: expect.stringContaining('start_event') },
    ]);
    expect((await info()).total_run_count).toBe(0);
  });

  it('leaves out what Temporal fires because the clock is put back', async () => {
    const cron = JSON.stringify({ minute: '30', hour: '1', day_of_week: '*', day_of_month: '*', month_of_year: '*' });
    const change = { cron, time_zone: 'Europe/Berlin' };
    await gantry.db.updateTable('periodic_tasks').set(change).where('id', '=', id).execute();

    const [first, again] = [await launch('2027-10-30T23:30:00.000Z'), await launch('2027-10-31T00:30:00.000Z')];

    expect([first.state, again.state]).toEqual(['launched', 'skipped']);
    expect(await tasks()).toHaveLength(1);
  });

  it('of a schedule without a row takes the schedule away', async () => {
    const result = await createLauncher(gantry.services)({
      ...request('2026-11-01T00:00:00.000Z'),
      schedule: 'periodic-999999',
    });

    expect(result).toEqual({ state: 'skipped', taskId: null, reason: 'there is no periodic-999999' });
  });

  it('waits for a worker, and is made when one comes', async () => {
    const { data } = await gantry.post(`/apigw/run_periodic_task_now/${id}/1/`);
    const before = await tasks();
    await gantry.startWorker();

    expect(data).toEqual({ state: 'pending', task_id: null });
    expect(before).toEqual([]);
    const [task] = await eventually('a task is made', tasks, { isWanted: ({ length }) => length > 0 });
    await gantry.untilState(task!.id, 'FINISHED');
  });

  it('still works after the worker was replaced', async () => {
    await gantry.stopWorker();
    await gantry.startWorker();

    const { data } = await gantry.post(`/apigw/run_periodic_task_now/${id}/1/`);

    expect(data.state).toBe('launched');
    await gantry.untilState(data.task_id, 'FINISHED');
  });
});
