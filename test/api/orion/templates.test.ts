import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';

const NOWHERE = 2_000_000_000;

const EXAMPLE = `{
"name":"tpl1",
"desc":"Template 1",
"steps":[{ "name":"sleep",
"param_values":{"time":1},
"retry":{"retry_times":2,"ignore_error":false}
},
{"name":"echo_step",
"param_values":{"name":"aaa"},
"retry":{"retry_times":1,"ignore_error":true
}
}]
}`;
const STEPS = [
  { name: 'sleep', param_values: { time: 1 }, retry: { retry_times: 2, ignore_error: false } },
  { name: 'echo_step', param_values: { name: 'aaa' }, retry: { retry_times: 1, ignore_error: true } },
];

/** Rollout templates under their three names (orion §1.4); bodies are the document's own. */
describe('rollout templates in Orion', () => {
  let gantry: Gantry;
  let orion: OrionClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
  });

  afterAll(() => gantry.stop());

  const refused = (code: number, msg: unknown) => ({ status: code, code, msg, data: {} });

  it('are the same under each of their names', async () => {
    const id = await orion.dataOf('/task/impl/create', EXAMPLE);
    const shown = { id, name: 'tpl1', desc: 'Template 1', steps: STEPS };
    for (const prefix of ['/task_tpl', '/task/impl', '/action/impl']) {
      expect(await orion.post(`${prefix}/${id}`)).toMatchObject({ status: 200, code: 0, data: shown });
      expect((await orion.post(`${prefix}/list`, '{"page":1, "page_size":10}')).data).toEqual([shown]);
    }
    expect(await orion.post(`/task/impl/delete`, { id })).toMatchObject({ status: 200, code: 0, data: null });
    expect(await orion.get(`/task_tpl/${id}`)).toMatchObject(refused(404, 'data not found'));
  });

  it.each(['/task/impl', '/task_tpl', '/action/impl'])('are made and deleted at %s', async (prefix) => {
    const id = await orion.dataOf(`${prefix}/create`, { id: 7, name: 'Sample Platform', desc: '平台', steps: [] });
    expect((await orion.get(`${prefix}/${id}`)).data).toEqual({ id, name: 'Sample Platform', desc: '平台', steps: [] });
    const second = await orion.dataOf(`${prefix}/create`, { name: 'second' });

    expect(await orion.post(`${prefix}/delete/${id}`)).toMatchObject({ code: 0, data: null });
    expect(await orion.get(`${prefix}/delete?id=${second}`)).toMatchObject({ code: 0, data: null });
    const text = prefix === '/task/impl' ? 'task impl not found' : 'data not found';
    expect(await orion.post(`${prefix}/delete`, { id })).toMatchObject(refused(404, text));
    expect(await orion.post(`${prefix}/delete/${id}`)).toMatchObject(refused(404, text));
    expect(await orion.post(`${prefix}/delete/x`)).toMatchObject(refused(400, 'id is error !'));
    expect(await orion.post(`${prefix}/delete`)).toMatchObject(refused(400, 'id is error !'));
  });

  it('are changed in what is given', async () => {
    const id = await orion.dataOf('/task_tpl/create', { name: 'before', desc: 'd', steps: STEPS });
    const example = `{"id":1,
"name":"SamplePlatform",
"desc":"Sample Platform",
"steps": [
{
"name":"create_vm",
"param_values":{},
"retry":{}
}
]
}`;
    expect(await orion.post(`/task_tpl/update/${id}`, example)).toMatchObject({ status: 200, code: 0, data: '' });
    const once = { retry_times: 0, ignore_error: false };
    const shown = {
      ...{ id, name: 'SamplePlatform', desc: 'Sample Platform' },
      steps: [{ name: 'create_vm', param_values: {}, retry: once }],
    };
    expect((await orion.get(`/task_tpl/${id}`)).data).toEqual(shown);
    const flat = [{ name: 'sleep', param_values: { time: '3' }, retry_times: 4, ignore_error: true }];
    await orion.dataOf(`/task/impl/update/${id}`, { steps: flat });
    expect((await orion.get(`/task_tpl/${id}`)).data).toEqual({
      ...shown,
      steps: [{ name: 'sleep', param_values: { time: 3 }, retry: { retry_times: 4, ignore_error: true } }],
    });
  });

  it('are listed by pages, the newest first, and found by parts of their names', async () => {
    const ids = [];
    for (const name of ['paged 1', 'paged 2', 'paged 3']) ids.push(await orion.dataOf('/task_tpl/create', { name }));

    expect(await orion.post('/task/impl/list', 'page=1&page_size=2&name=paged')).toMatchObject({
      ...{ status: 200, code: 0, msg: 'success', page: 1, page_size: 2, query_count: 3 },
      data: [{ id: ids[2] }, { id: ids[1] }],
    });
  });

  it('are refused in the words of the document', async () => {
    const id = await orion.dataOf('/task_tpl/create', { name: 'taken', steps: STEPS });
    const nowhere = { name: 'new', steps: [{ name: 'nowhere', param_values: {}, retry: {} }] };
    const wrong = { name: 'new', steps: [{ name: 'sleep', param_values: { time: 'x' }, retry: {} }] };
    const broken = {
      comma: '{"id":1,"name":"Sample Platform","desc": "平台","steps":[],}',
      dot: '{"id":1,"steps":[].}',
    };
    for (const [path, body, code, msg] of [
      ['/task/impl/create', broken.comma, 400, 'json can not convert '],
      ['/task/impl/create', '', 400, 'json can not convert '],
      ['/task/impl/create', { name: 'new', steps: 'x' }, 400, 'json can not convert '],
      ['/task/impl/create', nowhere, 404, 'step nowhere not found'],
      ['/task/impl/create', { name: 'taken' }, 404, 'another rollout template of this project has this name'],
      // As the document has it, with a comma too many, and with a full stop in its place.
      ['/task_tpl/create', broken.comma, 400, 'the body is not JSON'],
      ['/action/impl/create', broken.dot, 400, 'the body is not JSON'],
      ['/task_tpl/create', { desc: 'x' }, 400, expect.stringContaining('name')],
      ['/action/impl/create', { name: ' ' }, 400, expect.stringContaining('name')],
      ['/task_tpl/create', nowhere, 404, 'step nowhere not found'],
      ['/task_tpl/create', wrong, 400, 'step sleep: time is no integer of at most 18 digits'],
      ['/task_tpl/create', { name: 'taken' }, 400, 'another rollout template of this project has this name'],
      [`/task_tpl/update/${id}`, '{', 400, 'the body is not JSON'],
      [`/task_tpl/update/${id}`, nowhere, 404, 'step nowhere not found'],
      [`/task_tpl/update/${NOWHERE}`, { desc: 'x' }, 404, 'data not found'],
      [`/task_tpl/${NOWHERE}`, undefined, 404, 'data not found'],
      ['/task_tpl/x', undefined, 400, 'id is error !'],
    ] as const) {
      expect([path, await orion.post(path, body)]).toMatchObject([path, refused(code, msg)]);
    }
    expect((await orion.get(`/task_tpl/${id}`)).data).toMatchObject({ name: 'taken', steps: STEPS });
    expect((await orion.get('/task_tpl/list?name=new')).query_count).toBe(0);
  });

  it('that a pool has stay', async () => {
    const id = await orion.dataOf('/task_tpl/create', { name: 'of a pool' });
    const place = { project_id: 1, name: 'x' };
    const { id: cluster_id } = await gantry.db
      .insertInto('clusters')
      .values(place)
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id: service_id } = await gantry.db
      .insertInto('services')
      .values({ ...place, cluster_id, docker_image: '-' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const pool = await gantry.db
      .insertInto('pools')
      .values({ ...place, service_id, expand_template: id })
      .returning('id')
      .executeTakeFirstOrThrow();

    const answer = await orion.post(`/task_tpl/delete/${id}`);

    expect(answer).toMatchObject(refused(400, `template is using ! pool id:${pool.id},pool name:x`));
  });
});
