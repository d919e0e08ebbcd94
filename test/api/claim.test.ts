import { addCaller, addPlainApp } from '../support/callers';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const tree = sketch({
  chains: ['S a E'],
  activities: { a: { inputs: { bk_display_message: '${who}' } } },
  constants: { who: { value: 'nobody' }, secret: { value: 'x', show_type: 'hide' } },
  outputs: ['${who}'],
});

describe('a function task', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
    await addPlainApp(gantry);
  });

  afterAll(() => gantry.stop());

  const submit = async () => (await gantry.create(tree, { flow_type: 'common_func' })).task_id;
  const claim = (task: number, body: object = {}) =>
    gantry.post(`/apigw/claim_functionalization_task/${task}/1/`, body);
  const list = async (query: Record<string, string>, headers: Record<string, string> = {}) =>
    (await gantry.send(
      'GET',
      `/apigw/get_functionalization_task_list/?${new URLSearchParams(query)}`,
      undefined,
      headers,
    )) as Awaited<ReturnType<Gantry['get']>> & { count: number };
  const one = async (task: number) => (await list({ task_id_in: String(task) })).data[0];

  it('keeps its name when it is claimed with an empty one', async () => {
    const task = await submit();

    expect(await claim(task, { constants: { '${who}': 'Ann' }, name: '' })).toMatchObject({ result: true });

    expect(await one(task)).toMatchObject({ name: 'test', status: 'claimed' });
  });

  it('starts only once somebody has claimed it, with what the claimant filled in', async () => {
    const task = await submit();
    expect(await one(task)).toMatchObject({ status: 'submitted', creator: 'admin', claimant: '', claim_time: null });
    expect(await gantry.post(`/apigw/start_task/${task}/1/`)).toMatchObject({
      code: 3545000,
      message: expect.stringContaining('func_claim'),
    });

    expect(await claim(task, { constants: { '${who}': 'Ann' }, name: 'claimed' })).toMatchObject({
      result: true,
      data: 'success',
    });

    expect(await one(task)).toMatchObject({
      name: 'claimed',
      status: 'claimed',
      claimant: 'admin',
      claim_time: expect.stringMatching(/Z$/),
      task: { id: task, is_started: false, project_id: 1 },
    });
    await gantry.start(task);
    await gantry.untilState(task, 'FINISHED');
    expect(await one(task)).toMatchObject({ status: 'finished', task: { is_finished: true } });
    expect((await gantry.get(`/apigw/get_task_detail/${task}/1/`)).data.outputs[0].value).toBe('Ann');
  });

  it('is claimed once, and only if it is one', async () => {
    const task = await submit();
    const answers = await Promise.all([claim(task), claim(task)]);
    expect(answers.map(({ result }) => result).sort()).toEqual([false, true]);
    expect(answers.find(({ result }) => !result)).toMatchObject({
      code: 3599999,
      message: expect.stringContaining('claim_functionalization_task fail: task'),
    });

    const { task_id } = await gantry.create(tree);
    expect(await claim(task_id)).toMatchObject({
      code: 3599999,
      message: expect.stringContaining('only functionalization tasks can be claimed'),
    });
  });

  it('stays unclaimed when its constants cannot be set', async () => {
    const task = await submit();

    expect(await claim(task, { constants: { '${secret}': 'y' }, name: 'new' })).toMatchObject({ code: 3599999 });

    expect(await one(task)).toMatchObject({ status: 'submitted', name: 'test' });
  });

  it('is listed by what has become of it, to those who may look at its project', async () => {
    const [waiting, running] = [await submit(), await submit()];
    await claim(running);
    await gantry.start(running);
    await gantry.untilState(running, 'FINISHED');
    const both = { task_id_in: `${waiting},${running}` };
    const tasksOf = async (query: Record<string, string>, headers = {}) =>
      (await list({ ...both, ...query }, headers)).data.map(({ task }: { task: { id: number } }) => task.id);

    expect(await tasksOf({})).toEqual([running, waiting]);
    expect(await tasksOf({ status: 'submitted' })).toEqual([waiting]);
    expect(await tasksOf({ execute_status: 'nonExecution' })).toEqual([waiting]);
    expect(await tasksOf({ execute_status: 'finished' })).toEqual([running]);
    expect(await tasksOf({ claimant: 'admin' })).toEqual([running]);
    expect(await tasksOf({ project_id: '2' })).toEqual([]);
    expect(await tasksOf({ limit: '1', offset: '1' })).toEqual([waiting]);
    expect(await tasksOf({ create_time_gte: '2999-01-01' })).toEqual([]);
    expect((await list({ ...both, limit: '1' })).count).toBe(2);
    expect(await list({ status: 'lost' })).toMatchObject({ code: 3546100 });
    expect(await tasksOf({}, await addCaller(gantry, 'vera', 'viewer'))).toEqual([running, waiting]);
    expect(await tasksOf({}, await addCaller(gantry, 'nick', null))).toEqual([]);
  });
});
