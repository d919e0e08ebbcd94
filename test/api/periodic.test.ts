import { PERIODIC } from '../../schedules/kinds/periodic';
import { syncUnsynced } from '../../schedules/reconcile';
import { scheduleIdOf } from '../../temporal/names';
import type { Answer } from '../support/client';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { describeSchedule } from '../support/schedules';
import { reshelve, shelve } from '../support/templates';
import { sketch } from '../support/trees';

const GREETING = {
  chains: ['S a E'],
  activities: { a: { inputs: { bk_display_message: '${greeting}' } } },
  constants: { greeting: { value: 'hello', source_info: {} } },
  outputs: ['${greeting}'],
};
const PAUSE = { chains: ['S a E'], activities: { a: { code: 'pause_node' } } };
const NEVER_SOON = { minute: '0', hour: '4', day_of_month: '29', month_of_year: '2' };

describe('periodic tasks', () => {
  let gantry: Gantry;
  let templateId: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.db.updateTable('projects').set({ time_zone: 'Asia/Shanghai' }).where('id', '=', 1).execute();
    await gantry.startWorker();
    templateId = await shelve(gantry.db, 'greeting', sketch(GREETING));
  });

  afterAll(async () => {
    for (const { id } of await gantry.db.selectFrom('periodic_tasks').select('id').execute()) {
      await gantry.services.schedules.remove(`periodic-${id}`);
    }
    await gantry.stop();
  });

  async function create(more: object = {}): Promise<Answer['data']> {
    const body = { name: 'nightly', cron: NEVER_SOON, ...more };
    const answer = await gantry.post(`/apigw/create_periodic_task/${templateId}/1/`, body);
    if (!answer.result) throw new Error(answer.message);
    return answer.data;
  }

  /** What a task has put out, once it has finished. */
  async function outputsOf(taskId: number) {
    await gantry.untilState(taskId, 'FINISHED');
    const task = await gantry.db
      .selectFrom('tasks')
      .select('outputs')
      .where('id', '=', taskId)
      .executeTakeFirstOrThrow();
    return task.outputs;
  }

  const info = async (id: number, query = '') =>
    (await gantry.get(`/apigw/get_periodic_task_info/${id}/1/${query}`)).data;
  const history = async (id: number) => await gantry.get(`/apigw/get_periodic_task_history/${id}/1/`);
  /** The schedule as it is once the row has reached the Temporal server. */
  const described = async (id: number) => {
    await syncUnsynced(gantry.services, PERIODIC);
    return describeSchedule(gantry.client, handleOf(id));
  };
  const untilPaused = async (id: number, isPaused: boolean) => {
    const paused = async () => (await described(id)).state.paused;
    await eventually('the schedule is paused or goes on', paused, { isWanted: (seen) => seen === isPaused });
  };
  const handleOf = (id: number) =>
    gantry.client.schedule.getHandle(scheduleIdOf(gantry.installation, `periodic-${id}`));

  async function untilRuns(id: number, count: number): Promise<Answer['data']> {
    const runs = async () => (await history(id)).data;
    const isEnough = (data: { state: string }[]) => data.filter(({ state }) => state === 'launched').length >= count;
    return eventually(`periodic task ${id} has run ${count} times`, runs, { isWanted: isEnough });
  }

  it('are created disabled, with the cron as text and the tree of the template', async () => {
    const data = await create({
      cron: { minute: '*/5', hour: '1, 2', day_of_week: 'mon-fri' },
      constants: { '${greeting}': 'hi' },
    });

    expect(data).toMatchObject({
      name: 'nightly',
      template_id: String(templateId),
      template_source: 'project',
      creator: 'admin',
      cron: '*/5 1,2 mon-fri * * (m/h/d/dM/MY) Asia/Shanghai',
      enabled: false,
      last_run_at: '',
      total_run_count: 0,
    });
    expect(Object.keys(data.form)).toEqual(['${greeting}']);
    expect(Object.values(data.pipeline_tree.activities)).toMatchObject([{ template_node_id: 'a' }]);
    expect(data.editor).toBeUndefined();
    expect(await info(data.id)).toEqual(data);
  });

  it('have a schedule on the Temporal server that is paused, with an explicit catch-up window and the zone', async () => {
    const { id } = await create({ catchup_seconds: 120 });

    const { policies, state, spec, action, info: now } = await described(id);

    expect(policies).toMatchObject({ overlap: 'ALLOW_ALL', catchupWindow: 120_000 });
    expect(state.paused).toBe(true);
    expect(spec.timezone).toBe('Asia/Shanghai');
    expect(action).toMatchObject({ workflowType: 'launch', args: [{ schedule: `periodic-${id}` }] });
    expect(now.nextActionTimes[0]).toEqual(new Date('2028-02-28T20:00:00Z'));
  });

  it('have a catch-up window of five minutes unless they say otherwise', async () => {
    const { id } = await create();

    expect((await described(id)).policies.catchupWindow).toBe(300_000);
    const refused = await gantry.post(`/apigw/create_periodic_task/${templateId}/1/`, {
      name: 'x',
      cron: {},
      catchup_seconds: 7 * 86_400,
    });
    expect(refused).toMatchObject({ result: false, code: 3540000 });
  });

  it('are enabled and disabled, and their schedule with them', async () => {
    const { id } = await create();

    const enabled = await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: true });
    await untilPaused(id, false);
    const disabled = await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, {});

    expect([enabled.data, disabled.data]).toEqual([{ enabled: true }, { enabled: false }]);
    await untilPaused(id, true);
    expect((await info(id)).enabled).toBe(false);
  });

  it('run now, also while they are disabled, and count it', async () => {
    const { id } = await create();

    const { data } = await gantry.post(`/apigw/run_periodic_task_now/${id}/1/`);

    expect(data).toEqual({ state: 'launched', task_id: expect.any(Number) });
    await gantry.untilState(data.task_id, 'FINISHED');
    const task = await gantry.db
      .selectFrom('tasks')
      .selectAll()
      .where('id', '=', data.task_id)
      .executeTakeFirstOrThrow();
    expect(task).toMatchObject({
      create_method: 'periodic',
      create_info: String(id),
      creator: 'admin',
      executor: 'admin',
      template_id: String(templateId),
      outputs: { '${greeting}': 'hello' },
    });
    expect(task.name).toMatch(/^nightly_\d{14}$/);
    const { last_run_at, total_run_count } = await info(id);
    expect(total_run_count).toBe(1);
    expect(last_run_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0800$/);
    const { data: runs, count } = (await history(id)) as Answer & { count: number };
    expect(runs).toMatchObject([{ state: 'launched', start_success: true, task_id: data.task_id, ex_data: '' }]);
    expect(count).toBe(1);
  });

  it('make one task for each time of the schedule, with ids of its own', async () => {
    const { id } = await create({ cron: { minute: '0', hour: '4' } });
    await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: true });

    const start = new Date('2026-03-01T00:00:00Z');
    await handleOf(id).backfill({ start, end: new Date('2026-03-03T00:00:00Z'), overlap: 'ALLOW_ALL' });
    const runs = await untilRuns(id, 2);
    // The same again: a firing that is repeated finds its launch.
    await handleOf(id).backfill({ start, end: new Date('2026-03-04T00:00:00Z'), overlap: 'ALLOW_ALL' });
    const all = await untilRuns(id, 3);

    expect(runs.map(({ nominal_time }: { nominal_time: string }) => nominal_time)).toEqual([
      '2026-03-03 04:00:00 +0800',
      '2026-03-02 04:00:00 +0800',
    ]);
    expect(all).toHaveLength(3);
    expect((await info(id)).total_run_count).toBe(3);
    const tasks = await gantry.db
      .selectFrom('tasks')
      .select(['name', 'root_node_id'])
      .where('create_info', '=', String(id))
      .where('create_method', '=', 'periodic')
      .orderBy('name')
      .execute();
    expect(tasks.map(({ name }) => name)).toEqual([
      'nightly_20260302040000',
      'nightly_20260303040000',
      'nightly_20260304040000',
    ]);
    expect(new Set(tasks.map(({ root_node_id }) => root_node_id)).size).toBe(3);
  });

  it('are launched by a trigger on the Temporal server too', async () => {
    const { id } = await create();
    await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: true });

    await handleOf(id).trigger();

    const [run] = await untilRuns(id, 1);
    await gantry.untilState(run.task_id, 'FINISHED');
  });

  it('keep the tree that they were made with when the template changes, and say that it is not the latest', async () => {
    const own = await shelve(gantry.db, 'changing', sketch(GREETING));
    const { data } = await gantry.post(`/apigw/create_periodic_task/${own}/1/`, {
      name: 'kept',
      cron: NEVER_SOON,
      include_edit_info: true,
    });
    expect(data).toMatchObject({ is_latest: true, editor: 'admin' });

    await reshelve(gantry.db, own, sketch({ ...GREETING, constants: { greeting: { value: 'changed' } } }));

    expect(await info(data.id, '?include_edit_info=true')).toMatchObject({ is_latest: false, editor: 'admin' });
    const run = await gantry.post(`/apigw/run_periodic_task_now/${data.id}/1/`);
    expect(await outputsOf(run.data.task_id)).toEqual({ '${greeting}': 'hello' });
  });

  it('take other constants for the next runs, and ignore unknown ones', async () => {
    const { id } = await create();

    const { data } = await gantry.post(`/apigw/modify_constants_for_periodic_task/${id}/1/`, {
      constants: { '${greeting}': 'good night', '${unknown}': 1 },
    });

    expect(Object.keys(data)).toEqual(['${greeting}']);
    expect(data['${greeting}'].value).toBe('good night');
    const run = await gantry.post(`/apigw/run_periodic_task_now/${id}/1/`);
    expect(await outputsOf(run.data.task_id)).toEqual({ '${greeting}': 'good night' });
  });

  it('refuse constants with which they could not run, and keep what they had', async () => {
    const { id } = await create();

    const refused = await gantry.post(`/apigw/modify_constants_for_periodic_task/${id}/1/`, {
      constants: { '${greeting}': '${greeting}' },
    });

    expect(refused).toMatchObject({ result: false });
    expect((await info(id)).form['${greeting}'].value).toBe('hello');
  });

  it('take another cron, on the clock that the project has then; missing fields are *', async () => {
    const { id } = await create();

    const { data } = await gantry.post(`/apigw/modify_cron_for_periodic_task/${id}/1/`, { cron: { minute: '7' } });

    expect(data).toEqual({ cron: '7 * * * * (m/h/d/dM/MY) Asia/Shanghai' });
    const { spec, state } = await described(id);
    expect(spec.calendars![0]!.minute).toEqual([{ start: 7, end: 7, step: 1 }]);
    expect(state.paused).toBe(true);
  });

  it.each([
    [{ minute: '60' }, 'minute: Invalid end range: 60 > 59.'],
    [{ day_of_month: '31', month_of_year: '2,4' }, 'day_of_month: no month of 2,4 has a day 31'],
  ])('refuse the cron %j', async (cron, message) => {
    const answer = await gantry.post(`/apigw/create_periodic_task/${templateId}/1/`, { name: 'x', cron });

    expect(answer).toMatchObject({ result: false, code: 3599999, message });
  });

  it.each([
    [{ minutes: '5' }, 'minutes'],
    [{ minute: '5', hours: '4' }, 'hours'],
    [{ minute: '5', dow: '1', timezone: 'UTC' }, 'dow, timezone'],
  ])('refuse the misspelt cron %j wherever one is given', async (cron, misspelt) => {
    const { id } = await create();
    const requests: [string, object][] = [
      [`create_periodic_task/${templateId}`, { name: 'x' }],
      [`modify_cron_for_periodic_task/${id}`, {}],
      ['preview_cron', {}],
    ];
    for (const [name, more] of requests) {
      const answer = await gantry.post(`/apigw/${name}/1/`, { ...more, cron });

      expect(answer).toMatchObject({ result: false, code: 3540000 });
      expect(answer.message).toContain(
        `'cron': there is no field ${misspelt}: a cron has minute, hour, day_of_week, day_of_month, month_of_year`,
      );
    }
    expect((await info(id)).cron).toBe('0 4 * 29 2 (m/h/d/dM/MY) Asia/Shanghai');
  });

  it('are refused without a template, without a name and with one that is too long', async () => {
    const none = await gantry.post('/apigw/create_periodic_task/999999/1/', { name: 'x', cron: {} });
    const long = await gantry.post(`/apigw/create_periodic_task/${templateId}/1/`, { name: 'x'.repeat(51), cron: {} });

    expect(none).toMatchObject({ result: false, code: 3540400 });
    expect(long).toMatchObject({ result: false, code: 3540000 });
    expect(long.message).toContain('task params is invalid');
  });

  it('skip a firing while the task before has not ended, when told so', async () => {
    const slow = await shelve(gantry.db, 'slow', sketch(PAUSE));
    const { data } = await gantry.post(`/apigw/create_periodic_task/${slow}/1/`, {
      name: 'slow',
      cron: NEVER_SOON,
      overlap: 'skip',
    });
    const first = await gantry.post(`/apigw/run_periodic_task_now/${data.id}/1/`);

    const second = await gantry.post(`/apigw/run_periodic_task_now/${data.id}/1/`);

    expect(second).toMatchObject({ result: false, message: `task ${first.data.task_id} has not ended` });
    expect((await history(data.id)).data.map(({ state }: { state: string }) => state)).toEqual(['skipped', 'launched']);
    await gantry.post(`/apigw/operate_task/${first.data.task_id}/1/`, { action: 'revoke' });
    await gantry.untilState(first.data.task_id, 'REVOKED');
    expect(await gantry.post(`/apigw/run_periodic_task_now/${data.id}/1/`)).toMatchObject({ result: true });
    expect((await info(data.id)).total_run_count).toBe(2);
  });

  it('wait for the task before to end, one at a time, when told so', async () => {
    const slow = await shelve(gantry.db, 'slower', sketch(PAUSE));
    const { data } = await gantry.post(`/apigw/create_periodic_task/${slow}/1/`, {
      name: 'queue',
      cron: { minute: '0', hour: '4' },
      overlap: 'buffer_one',
    });
    await gantry.post(`/apigw/set_periodic_task_enabled/${data.id}/1/`, { enabled: true });
    const first = await gantry.post(`/apigw/run_periodic_task_now/${data.id}/1/`);

    await handleOf(data.id).backfill({
      start: new Date('2026-03-01T00:00:00Z'),
      end: new Date('2026-03-03T00:00:00Z'),
      overlap: 'ALLOW_ALL',
    });
    const rows = async (): Promise<{ state: string }[]> => (await history(data.id)).data;
    const launches = await eventually('there are three launches', rows, { isWanted: ({ length }) => length >= 3 });
    const waiting = launches.map(({ state }) => state).sort();
    await gantry.post(`/apigw/operate_task/${first.data.task_id}/1/`, { action: 'revoke' });
    const runs = await untilRuns(data.id, 2);

    expect(waiting).toEqual(['launched', 'skipped', 'waiting']);
    expect(runs.map(({ state }: { state: string }) => state).sort()).toEqual(['launched', 'launched', 'skipped']);
  });

  it('are deleted with their schedule', async () => {
    const { id } = await create();

    const { result } = await gantry.post(`/apigw/delete_periodic_task/${id}/1/`);

    expect(result).toBe(true);
    await expect(described(id)).rejects.toMatchObject({ name: 'ScheduleNotFoundError' });
    expect(await gantry.get(`/apigw/get_periodic_task_info/${id}/1/`)).toMatchObject({
      result: false,
      code: 3540400,
      message: `task(${id}) does not exist`,
    });
  });

  it('are listed without their trees, on the clock that a client expects', async () => {
    const { id } = await create();
    await gantry.post(`/apigw/run_periodic_task_now/${id}/1/`);

    const { data } = await gantry.get('/apigw/get_periodic_task_list/1/?expected_timezone=America/New_York');

    expect(data[0]).toMatchObject({
      id,
      auth_actions: ['periodic_task_view', 'periodic_task_edit', 'periodic_task_delete'],
    });
    expect(data[0].last_run_at).toMatch(/ -0[45]00$/);
    expect(data[0].pipeline_tree).toBeUndefined();
    expect(await gantry.get('/apigw/get_periodic_task_list/1/?expected_timezone=Mars/Base')).toMatchObject({
      code: 3546100,
      message: 'expected_timezone Mars/Base is unknown.',
    });
  });

  it('show their next ten times, with the hours that change', async () => {
    const { id } = await create({ cron: { minute: '30', hour: '2' } });

    const own = await gantry.get(`/apigw/preview_periodic_task/${id}/1/`);
    const any = await gantry.post('/apigw/preview_cron/1/', {
      cron: { minute: 30, hour: '2' },
      time_zone: 'America/New_York',
    });

    expect(own.data.fire_times).toHaveLength(10);
    expect(own.data.fire_times[0]).toMatch(/ 02:30:00 \+0800$/);
    expect(own.data.warnings).toEqual([]);
    expect(any.data.warnings.map(({ kind }: { kind: string }) => kind)).toEqual(['skipped']);
    expect(await gantry.post('/apigw/preview_cron/1/', { cron: {}, time_zone: 'Mars/Base' })).toMatchObject({
      code: 3546100,
    });
  });

  it('of another project do not exist', async () => {
    const { id } = await create();
    await gantry.db.insertInto('projects').values({ id: 77, name: 'other', bk_biz_id: null }).execute();

    for (const name of [
      'set_periodic_task_enabled',
      'modify_cron_for_periodic_task',
      'delete_periodic_task',
      'run_periodic_task_now',
    ]) {
      const answer = await gantry.post(`/apigw/${name}/${id}/77/`, { scope: 'project', cron: {} });
      expect(answer).toMatchObject({ result: false, code: 3540400, message: `task(${id}) does not exist` });
    }
  });

  it('are at most fifty in a project', async () => {
    await gantry.db.insertInto('projects').values({ id: 78, name: 'full', bk_biz_id: null }).execute();
    const own = await shelve(gantry.db, 'greeting', sketch(GREETING), 78);
    const body = { name: 'x', cron: NEVER_SOON, scope: 'project' };
    const first = await gantry.post(`/apigw/create_periodic_task/${own}/78/`, body);
    const { id: _id, ...row } = await gantry.db
      .selectFrom('periodic_tasks')
      .selectAll()
      .where('id', '=', first.data.id)
      .executeTakeFirstOrThrow();
    const copy = { ...row, cron: JSON.stringify(row.cron), tree: JSON.stringify(row.tree) };
    await gantry.db
      .insertInto('periodic_tasks')
      .values(Array.from({ length: 49 }, () => copy))
      .execute();

    const answer = await gantry.post(`/apigw/create_periodic_task/${own}/78/`, body);

    expect(answer).toMatchObject({ result: false, code: 3545000, message: 'Periodic task number reaches limit: 50' });
  });
});
