import { scheduleIdOf } from '../../temporal/names';
import type { Answer } from '../support/client';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { describeSchedule } from '../support/schedules';
import { reshelve, shelve } from '../support/templates';
import { sketch } from '../support/trees';

const GREETING = {
  chains: ['S a b E'],
  activities: { a: { inputs: { bk_display_message: '${greeting}' } }, b: { optional: true } },
  constants: { greeting: { value: 'hello' } },
  outputs: ['${greeting}'],
};
const LATER = '2099-05-16 20:26:40+0800';

describe('clocked tasks', () => {
  let gantry: Gantry;
  let templateId: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.db.updateTable('projects').set({ time_zone: 'Asia/Shanghai' }).where('id', '=', 1).execute();
    await gantry.startWorker();
    templateId = await shelve(gantry.db, 'greeting', sketch(GREETING));
  });

  afterAll(async () => {
    for (const { id } of await gantry.db.selectFrom('clocked_tasks').select('id').execute()) {
      await gantry.services.schedules.remove(`clocked-${id}`);
    }
    await gantry.stop();
  });

  const send = (more: object = {}, template = templateId) =>
    gantry.post(`/apigw/create_clocked_task/${template}/1/`, { task_name: 'once', plan_start_time: LATER, ...more });
  async function create(more: object = {}, template = templateId): Promise<Answer['data']> {
    const answer = await send(more, template);
    if (!answer.result) throw new Error(answer.message);
    return answer.data;
  }
  const handleOf = (id: number) => gantry.client.schedule.getHandle(scheduleIdOf(gantry.installation, `clocked-${id}`));
  const info = async (id: number) => (await gantry.get(`/apigw/get_clocked_task_info/${id}/1/`)).data;

  async function untilDone(id: number): Promise<Answer['data']> {
    const isDone = ({ state }: Answer['data']) => state !== 'not_started';
    return eventually(`clocked task ${id} starts`, () => info(id), { isWanted: isDone });
  }

  /** A time some seconds from now, as clients write it: all that comes before it must be done by then. */
  const soon = () => `${new Date(Date.now() + 10_000).toISOString().slice(0, 19).replace('T', ' ')}+0000`;

  it('are made with what they will need', async () => {
    const parameters = { constants: { '${greeting}': 'hi' }, exclude_task_nodes_id: ['b'], description: 'a note' };

    const data = await create({ task_parameters: parameters });

    expect(data).toMatchObject({
      task_name: 'once',
      task_parameters: parameters,
      creator: 'admin',
      editor: 'admin',
      plan_start_time: '2099-05-16 20:26:40+0800',
      project_id: 1,
      task_id: null,
      template_id: templateId,
      template_name: 'greeting',
      template_source: 'project',
      state: 'not_started',
    });
    expect(data.create_time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+0800$/);
    expect(await info(data.id)).toEqual(data);
  });

  it('have a schedule on the Temporal server for that moment, with an explicit catch-up window', async () => {
    const { id } = await create();

    const { policies, info: now } = await describeSchedule(gantry.client, handleOf(id));

    expect(policies).toMatchObject({ overlap: 'ALLOW_ALL', catchupWindow: 300_000 });
    expect(now.nextActionTimes).toEqual([new Date('2099-05-16T12:26:40Z')]);
  });

  it('start at their time, of the template as it is then', async () => {
    const own = await shelve(gantry.db, 'changing', sketch(GREETING));
    const { id } = await create({ plan_start_time: soon(), task_parameters: { description: 'a note' } }, own);
    await reshelve(gantry.db, own, sketch({ ...GREETING, constants: { greeting: { value: 'changed' } } }));

    const data = await untilDone(id);

    expect(data).toMatchObject({ state: 'started', task_id: expect.any(Number), ex_data: '' });
    await gantry.untilState(data.task_id, 'FINISHED');
    const task = await gantry.db
      .selectFrom('tasks')
      .selectAll()
      .where('id', '=', data.task_id)
      .executeTakeFirstOrThrow();
    expect(task).toMatchObject({
      create_method: 'clocked',
      create_info: String(id),
      creator: 'admin',
      executor: 'admin',
      description: 'a note',
      template_version: 2,
      outputs: { '${greeting}': 'changed' },
    });
    const stamp = data.plan_start_time.slice(0, 19).replace(/\D/g, '');
    expect(task.name).toBe(`once_${stamp}`);
  });

  it('say why they did not start', async () => {
    const own = await shelve(gantry.db, 'leaving', sketch(GREETING));
    const { id } = await create({}, own);
    await gantry.db.updateTable('templates').set({ is_deleted: true }).where('id', '=', own).execute();

    await handleOf(id).trigger();

    expect(await untilDone(id)).toMatchObject({
      state: 'start_failed',
      task_id: null,
      ex_data: expect.stringContaining('does not exist'),
    });
  });

  it('start once, however often they fire', async () => {
    const { id } = await create();

    await handleOf(id).trigger();
    const first = await untilDone(id);
    await gantry.client.workflow.execute('launch', {
      workflowId: `${scheduleIdOf(gantry.installation, `clocked-${id}`)}-again`,
      taskQueue: `${gantry.installation.name}-tasks`,
      args: [{ schedule: `clocked-${id}` }],
    });

    expect((await info(id)).task_id).toBe(first.task_id);
    const { length } = await gantry.db.selectFrom('tasks').select('id').where('create_info', '=', String(id)).execute();
    expect(length).toBe(1);
  });

  it.each([
    [
      { plan_start_time: '2022-05-16 20:26:40+0800' },
      'Plan start time should be later than the time to create the plan',
    ],
    [{ plan_start_time: '2022-05-16 20:26:40' }, 'Plan start time should be later than the time to create the plan'],
    [{ plan_start_time: 'tomorrow' }, 'Datetime has wrong format: tomorrow'],
    [{ plan_start_time: '2099-02-30 00:00:00' }, 'Datetime has wrong format: 2099-02-30'],
    [
      { task_parameters: { exclude_task_nodes_id: ['b'], appoint_task_nodes_id: ['a'] } },
      'can not use multiple method to appoint execute nodes',
    ],
  ])('refuse %j', async (more, message) => {
    const answer = await send(more);

    expect(answer).toMatchObject({ result: false, code: 3546100 });
    expect(answer.message).toContain('params is invalid, error: {');
    expect(answer.message).toContain(message);
  });

  it('refuse values that refer to themselves, and templates that are none', async () => {
    const circle = await send({ task_parameters: { constants: { '${greeting}': '${greeting}' } } });

    expect(circle.result).toBe(false);
    expect(await send({}, 999_999)).toMatchObject({ result: false, code: 3540400 });
  });

  it('take a time without an offset on the clock of their project', async () => {
    const data = await create({ plan_start_time: '2099-05-16 20:26:40' });

    expect(data.plan_start_time).toBe('2099-05-16 20:26:40+0800');
  });

  it('are listed by name and state, a page at a time', async () => {
    const { id } = await create({ task_name: 'the 100% one' });
    const list = (query: string) =>
      gantry.get(`/apigw/get_clocked_task_list/1/?${query}`) as Promise<Answer & { count: number }>;

    const named = await list('task_name=100%25%20ONE&state=not_started&limit=1');

    expect(named.data).toMatchObject([{ id, task_name: 'the 100% one' }]);
    expect(named.count).toBe(1);
    expect((await list('task_name=100_')).count).toBe(0);
    const page = await list('limit=1&offset=1');
    expect(page.data).toHaveLength(1);
    expect(page.count).toBeGreaterThan(2);
    expect(await list('limit=0')).toMatchObject({ result: false, code: 3545000 });
  });

  it('are deleted with their schedule', async () => {
    const { id } = await create();

    await gantry.post(`/apigw/delete_clocked_task/${id}/1/`);

    await expect(describeSchedule(gantry.client, handleOf(id))).rejects.toMatchObject({
      name: 'ScheduleNotFoundError',
    });
    expect(await gantry.get(`/apigw/get_clocked_task_info/${id}/1/`)).toMatchObject({
      result: false,
      code: 3540400,
      message: `task(${id}) does not exist`,
    });
  });
});
