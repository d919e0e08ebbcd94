import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';

/** Tasks that are saved for pools (orion §8). */
describe('saved tasks', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let made = 0;
  let service: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
    const cluster_id = await orion.dataOf('/cluster/create', { name: 'c' });
    ({ id: service } = await orion.dataOf('/service/create', { name: 's', docker_image: 'image', cluster_id }));
  });

  afterAll(() => gantry.stop());

  async function pool(): Promise<{ id: number; name: string }> {
    const name = `pool${++made}`;
    const { id } = await orion.dataOf('/pool/create', { name, vm_type: 3, sd_id: 9, service_id: service });
    return { id, name };
  }

  const ofPool = ({ id, name }: { id: number; name: string }) => ({
    ...{ id, name, desc: '', vm_type: 3, sd_id: 9 },
    tasks: { expand: 0, shrink: 0, deploy: 0 },
  });
  const saved = { status: 200, code: 0, msg: 'success', data: true };
  const refused = (msg: string) => ({ status: 400, code: 400, msg, data: {} });
  const cron = (time: string, more: object = {}) => ({ time, week_day: 0, instance_num: 2, ...more });
  const save = (pool_id: number, more: object = {}) =>
    orion.post('/task/saveTask', { id: 0, pool_id, type: 'expand', exec_type: 'crontab', ...more });

  it("take the document's body, once one of its alternatives is chosen", async () => {
    const { id } = await pool();
    const body = { id: 0, pool_id: id, cron_itmes: [], depend_itmes: [], type: ' expand', exec_type: 'crontab' };

    const verbatim = { ...body, type: ' expand/upload', exec_type: 'crontab/depend' };
    expect(await orion.post('/task/saveTask', verbatim)).toMatchObject({ status: 400, code: 400, data: {} });
    expect(await orion.dataOf(`/task/expandList/${id}`)).toEqual([]);
    expect(await orion.post('/task/saveTask', body)).toEqual(saved);
    expect(await orion.dataOf(`/task/expandList/${id}`)).toMatchObject([{ cron_items: [], depend_items: [] }]);
  });

  it('are listed as the document has them, and as the web client wants them', async () => {
    const own = await pool();
    const other = await pool();
    const web = orion.with({ 'X-HTTP-Method-Override': 'POST' });
    const none = { id: 0, cron_items: [], depend_items: [] };
    expect(await orion.dataOf(`/task/expandList/${own.id}`)).toEqual([]);
    expect(await web.dataOf(`/task/expandList/${own.id}`)).toEqual(none);

    const items = {
      cron_itmes: [
        { ...cron('08:30', { ignore: 1, week_day: '2' }), id: 0, exec_task_id: 0, ConcurrRatio: 0, ConcurrNum: 0 },
        { time: '22:00:59', WeekDay: 0, InstanceNum: 2 },
      ],
      depend_itmes: [{ id: 0, pool_id: other.id, ratio: 0.5, elastic_count: 1, step_name: 'register', ignore: 0 }],
    };
    expect(await save(own.id, items)).toEqual(saved);
    const [task] = await orion.dataOf(`/task/expandList/${own.id}`);

    expect(task).toEqual({
      id: expect.any(Number),
      pool: ofPool(own),
      cron_items: [
        {
          ...{ id: expect.any(Number), instance_num: 2, concurr_ratio: 0, concurr_num: 0 },
          ...{ week_day: 2, time: '08:30', ignore: true },
        },
        {
          ...{ id: expect.any(Number), instance_num: 2, concurr_ratio: 0, concurr_num: 0 },
          ...{ week_day: 0, time: '22:00:59', ignore: false },
        },
      ],
      depend_items: [
        {
          ...{ id: expect.any(Number), pool: ofPool(other), ratio: 0.5, elastic_count: 1 },
          ...{ step_name: 'register', ignore: false },
        },
      ],
      type: 'expand',
      exec_type: 'crontab',
    });
    expect(await web.dataOf(`/task/expandList/${own.id}`)).toEqual(task);
    expect(await orion.dataOf(`/task/uploadList/${own.id}`)).toEqual([]);
    expect(await orion.dataOf(`/pool/${own.id}`)).toMatchObject({ is_hascron: 1, is_bedepen: 0 });
    expect(await orion.dataOf(`/pool/${other.id}`)).toMatchObject({ is_hascron: 0, is_bedepen: 1 });
  });

  it('are one for uploads, whichever word they are saved by', async () => {
    const { id } = await pool();
    const upload = { concurr_ratio: 50, concurr_num: 3, instance_num: 0 };
    expect(await save(id, { type: 'deploy', cron_items: [cron('08:00', upload)] })).toEqual(saved);
    expect(await save(id, { type: 'upload', cron_items: [cron('09:00', upload)] })).toEqual(saved);

    const tasks = await orion.dataOf(`/task/uploadList/${id}`);

    expect(tasks).toMatchObject([{ type: 'upload', cron_items: [{ time: '09:00', ...upload }] }]);
    expect(tasks[0].cron_items).toHaveLength(1);
  });

  it('have new items after each time they are saved, and records of it', async () => {
    const { id } = await pool();
    await save(id, { cron_items: [cron('08:00')] });
    const [first] = await orion.dataOf(`/task/expandList/${id}`);
    expect(await save(id, { id: first.id, cron_items: [cron('08:00')] })).toEqual(saved);
    const [second] = await orion.dataOf(`/task/expandList/${id}`);

    expect(second.id).toBe(first.id);
    expect(second.cron_items[0].id).not.toBe(first.cron_items[0].id);
    const records = await gantry.db
      .selectFrom('audit_records')
      .select('action')
      .where('object', '=', `pool schedule ${first.id}`)
      .orderBy('id')
      .execute();
    expect(records.map(({ action }) => action)).toEqual(['create', 'update']);
  });

  it.each([
    [{ cron_items: [cron('08:00'), cron('08:00', { week_day: 3 })] }, 'Cron time 08:00 is duplicate!'],
    [{ cron_items: [cron('24:00')] }, expect.stringContaining('time')],
    [{ cron_items: [cron('8:00')] }, expect.stringContaining('time')],
    [{ cron_items: [cron('08:00', { week_day: 8 })] }, expect.stringContaining('week_day')],
    [{ cron_items: [cron('08:00', { instance_num: -1 })] }, expect.stringContaining('instance_num')],
    [{ cron_items: [cron('08:00', { ignore: 2 })] }, expect.stringContaining('ignore')],
    [{ type: 'upload', cron_items: [cron('08:00', { concurr_num: 1 })] }, expect.stringContaining('concurr_ratio')],
    [{ type: 'upload', cron_items: [cron('08:00', { concurr_ratio: 1 })] }, expect.stringContaining('concurr_num')],
    [{ depend_items: [{ pool_id: 999, ratio: 1 }] }, 'pool not found: 999'],
    [{ depend_items: [{ pool_id: 999, ratio: 0 }] }, expect.stringContaining('ratio')],
  ])('are not %j, and stay as they are then', async (given, msg) => {
    const { id } = await pool();
    await save(id, { cron_items: [cron('07:00')] });

    expect(await save(id, given)).toMatchObject(refused(msg as string));
    expect(await orion.dataOf(`/task/expandList/${id}`)).toMatchObject([{ cron_items: [{ time: '07:00' }] }]);
    expect(await orion.dataOf(`/task/uploadList/${id}`)).toEqual([]);
  });

  it('belong to their pool, which is there', async () => {
    const [one, other] = [await pool(), await pool()];
    await save(one.id);
    const [{ id }] = await orion.dataOf(`/task/expandList/${one.id}`);

    const wrong = `the current exec_task: ${id}, pool id: ${other.id} is wrong`;
    expect(await save(other.id, { id })).toMatchObject(refused(wrong));
    expect(await save(other.id, { id: 4242 })).toMatchObject({ code: 400 });
    expect(await save(4242)).toMatchObject(refused('pool not found: 4242'));
    expect(await orion.post('/task/expandList/4242')).toMatchObject(refused('Bad pool id: 4242'));
    expect(await orion.post('/task/uploadList/x')).toMatchObject(refused('Bad pool id: x'));
  });

  it('let no pool depend on itself, on one twice, or on one with times', async () => {
    const [a, b, c] = [await pool(), await pool(), await pool()];
    const on = (...pools: { id: number }[]) => ({
      exec_type: 'depend',
      depend_items: pools.map(({ id }) => ({ pool_id: id, ratio: 1 })),
    });

    expect(await save(a.id, on(a))).toMatchObject(refused(expect.stringContaining('depend on itself') as never));
    expect(await save(a.id, on(b, b))).toMatchObject(refused(`Depend pool ${b.name} is duplicate!`));
    expect(await save(a.id, on(b))).toEqual(saved);
    expect(await save(b.id, on(c))).toEqual(saved);
    expect(await save(c.id, on(a))).toMatchObject(refused(expect.stringContaining('depend on itself') as never));
    const times = { cron_items: [cron('08:00')] };
    expect(await save(b.id, { ...on(c), ...times })).toMatchObject(refused(expect.stringContaining(a.name) as never));
    expect(await save(a.id, { ...on(b), ...times })).toEqual(saved);
    expect(await save(c.id, on(a))).toMatchObject({ code: 400 });
    const d = await pool();
    expect(await save(d.id, on(a))).toMatchObject(refused(expect.stringContaining('cron items of its own') as never));
  });

  it('keep the pools that others depend on, and go with their own', async () => {
    const [own, other] = [await pool(), await pool()];
    await save(own.id, { depend_items: [{ pool_id: other.id, ratio: 1 }] });

    expect(await orion.post(`/pool/delete/${other.id}`)).toMatchObject(refused('fail to delete pool'));
    expect(await orion.post(`/pool/delete/${own.id}`)).toMatchObject({ code: 0 });
    expect(await orion.post(`/pool/delete/${other.id}`)).toMatchObject({ code: 0 });
  });
});
