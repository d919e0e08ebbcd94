import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';

const NOWHERE = 2_000_000_000;

/** Actions, their implementations, and remote steps (orion §1.6); bodies are the document's own. */
describe('steps in Orion', () => {
  let gantry: Gantry;
  let orion: OrionClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
  });

  afterAll(() => gantry.stop());

  const refused = (code: number, msg: unknown) => ({ status: code, code, msg, data: {} });

  describe('actions', () => {
    it('are made, shown, changed and deleted', async () => {
      const body = '{"name":"command","desc":"Command", "params":{"time": "integer"}}';
      const made = await orion.post('/action/create', body);
      expect(made).toMatchObject({ status: 200, code: 0, msg: 'success', data: expect.any(Number) });
      const shown = { id: made.data, name: 'command', desc: 'Command', params: { time: 'integer' } };
      expect(await orion.post(`/action/${made.data}`)).toMatchObject({ code: 0, data: shown });

      const changed = await orion.post(
        `/action/update/${made.data}`,
        '{"desc":"Command xx", "params":{"time": "string"}}',
      );
      expect(changed).toMatchObject({ status: 200, code: 0, data: '' });
      expect((await orion.get(`/action/${made.data}`)).data).toEqual({
        ...shown,
        desc: 'Command xx',
        params: { time: 'string' },
      });
      expect(await orion.post(`/action/delete/${made.data}`)).toMatchObject({ status: 200, code: 0, data: '' });
      expect(await orion.get(`/action/${made.data}`)).toMatchObject(refused(404, 'action in db not found'));
    });

    it('are listed by pages, the newest first, and found by parts of their names', async () => {
      const ids = [];
      for (const name of ['paged 1', 'paged 2', 'paged 3', 'unpaged']) {
        ids.push(await orion.dataOf('/action/create', { name, params: { a: 'string' } }));
      }
      const newest = { id: ids[3], name: 'unpaged', desc: '', params: { a: 'string' } };
      const page = await orion.send('POST', '/action/list', 'page=1&page_size=2');

      expect(page).toMatchObject({ code: 0, msg: 'success', page: 1, page_size: 2 });
      expect(page.data[0]).toEqual(newest);
      expect(page.data).toHaveLength(2);
      expect(await orion.get('/action/list?name=paged%20&page_size=2&page=2')).toMatchObject({
        data: [{ id: ids[0], name: 'paged 1' }],
        query_count: 3,
      });
    });

    it('are refused in the words of the document', async () => {
      await orion.dataOf('/action/create', { name: 'taken' });
      for (const [path, body, code, msg] of [
        ['/action/create', undefined, 400, expect.any(String)],
        ['/action/create', '{"name":', 400, 'the body is not JSON'],
        ['/action/create', '{"name":5}', 400, expect.stringContaining('name')],
        ['/action/create', { name: 'x', params: { 时间: 'string' } }, 400, 'there is unicode character in param'],
        ['/action/create', { name: 'x', params: { time: '整数' } }, 400, 'there is unicode character in param'],
        ['/action/create', { name: 'x', params: { time: 'float' } }, 400, expect.stringContaining('string or integer')],
        ['/action/create', { name: 'taken' }, 400, 'another action of this project has this name'],
        // As the document has it, with rubbish behind the object.
        [
          '/action/update/2',
          '{"desc":"Command xx", "params":{"time": "integer"}}", "action3"]}',
          400,
          expect.any(String),
        ],
        [`/action/update/${NOWHERE}`, { desc: 'x' }, 404, 'action in db not found'],
        ['/action/update/1', { params: { 时: 'string' } }, 400, 'there is unicode character in param'],
        [`/action/delete/${NOWHERE}`, undefined, 404, 'action in db not found'],
        [`/action/${NOWHERE}`, undefined, 404, 'action in db not found'],
        // As the document has it.
        ['/action/:id', undefined, 400, 'id is error...'],
        ['/action/delete/:id', undefined, 400, 'id is error !'],
        ['/action/update/x', { desc: 'x' }, 400, 'id is error !'],
      ] as const) {
        expect([path, await orion.post(path, body)]).toMatchObject([path, refused(code, msg)]);
      }
    });

    it('that a step has stay', async () => {
      const id = await orion.dataOf('/action/create', { name: 'held' });
      const step = await orion.dataOf('/remote_step/create', { name: 'holder', actions: ['held'] });

      const answer = await orion.post(`/action/delete/${id}`);

      expect(answer).toMatchObject(refused(404, `action is using ! step id:${step},step name:holder`));
    });
  });

  describe('implementations', () => {
    const template = { action: { module: 'shell', args: 'which {{exec}}' } };

    it('are made, shown, changed and taken away by the ids of their actions', async () => {
      const action = await orion.dataOf('/action/create', { name: 'which', params: { exec: 'string' } });
      const id = await orion.dataOf('/actimpl/create', { action_id: action, type: 'ansible', template });
      const shown = { id, action_id: action, type: 'ansible', template };
      expect(await orion.post(`/actimpl/${action}`)).toMatchObject({ code: 0, data: shown });

      const other = { action: { module: 'longscript', content: 'echo {{exec}}' } };
      const changed = await orion.post(`/actimpl/update/${action}`, {
        action_id: 14,
        type: 'ansible',
        template: other,
      });
      expect(changed).toMatchObject({ status: 200, code: 0, data: '' });
      expect((await orion.get(`/actimpl/${action}`)).data).toEqual({ ...shown, template: other });
      const list = await orion.send('POST', '/actimpl/list', 'page=1&page_size=10');
      expect(list).toMatchObject({
        code: 0,
        page: 1,
        page_size: 10,
        query_count: 1,
        data: [{ id, action_id: action }],
      });

      expect(await orion.post(`/actimpl/delete/${action}`)).toMatchObject({ status: 200, code: 0, data: '' });
      expect(await orion.post(`/actimpl/delete/${action}`)).toMatchObject({ status: 200, code: 0, data: '' });
      expect(await orion.post(`/actimpl/${action}`)).toMatchObject(refused(404, 'actimpl in db not found'));
    });

    it('are refused in the words of the document', async () => {
      const action = await orion.dataOf('/action/create', { name: 'implemented', params: { exec: 'string' } });
      await orion.dataOf('/actimpl/create', { action_id: String(action), template });
      const bare = await orion.dataOf('/action/create', { name: 'not implemented' });
      const copy = { action: { module: 'copy', args: 'src=a dest=b' } };
      const example =
        '{"action_id":2000000000,"type":"ansible","template":{"action":{"module":"shell","args":"which {{exec}}"}}}';
      for (const [path, body, code, msg] of [
        ['/actimpl/create', example, 400, `action ${NOWHERE} not found`],
        ['/actimpl/create', { template }, 400, 'action 0 not found'],
        ['/actimpl/create', undefined, 400, expect.stringMatching(/^Bad parameter: /)],
        ['/actimpl/create', '{"action_id":14,', 400, expect.stringMatching(/^Bad parameter: /)],
        ['/actimpl/create', { action_id: 'x', template }, 400, expect.stringMatching(/^Bad parameter: action_id/)],
        [
          '/actimpl/create',
          { action_id: action, type: 'ansible', template },
          400,
          `action impl already exists for action ${action}[ansible]`,
        ],
        [
          '/actimpl/create',
          { action_id: bare, template },
          400,
          expect.stringMatching(/^Bad parameter: line 1:7: there is no parameter exec; declare it/),
        ],
        ['/actimpl/create', { action_id: bare, template: copy }, 400, expect.stringMatching(/shell .* or longscript/)],
        ['/actimpl/create', { action_id: bare, type: 'salt', template }, 400, expect.stringContaining('ansible')],
        [`/actimpl/update/${action}`, { template: copy }, 400, expect.stringMatching(/^Bad parameter: .*shell/)],
        [`/actimpl/update/${bare}`, { template }, 404, 'actimpl in db not found'],
        [`/actimpl/update/${NOWHERE}`, { template }, 404, 'actimpl in db not found'],
        ['/actimpl/update/:id', { template }, 400, 'id is error !'],
        [`/actimpl/${bare}`, undefined, 404, 'actimpl in db not found'],
        ['/actimpl/:id', undefined, 400, 'id is error...'],
      ] as const) {
        expect([path, await orion.post(path, body)]).toMatchObject([path, refused(code, msg)]);
      }
      expect((await orion.get(`/actimpl/${action}`)).data.template).toEqual(template);
    });
  });

  describe('remote steps', () => {
    it('are made, shown, changed and deleted', async () => {
      for (const name of ['action1', 'action2', 'action3']) await orion.dataOf('/action/create', { name });
      const body = '{"name":"step","desc":"Step", "actions":["action1", "action2"]}';
      const id = await orion.dataOf('/remote_step/create', body);
      const shown = { id, name: 'step', desc: 'Step', actions: ['action1', 'action2'] };
      expect((await orion.post(`/remote_step/${id}`)).data).toEqual(shown);

      const change = '{"name":"step","desc":"Step", "actions":["action1", "action2", "action3"]}';
      expect(await orion.post(`/remote_step/update/${id}`, change)).toMatchObject({ status: 200, code: 0, data: '' });
      expect((await orion.get(`/remote_step/${id}`)).data.actions).toEqual(['action1', 'action2', 'action3']);
      await orion.dataOf(`/remote_step/update/${id}`, { name: 'renamed' });
      expect(await orion.get('/remote_step/list?name=renam')).toMatchObject({
        ...{ code: 0, page: 1, page_size: 10, query_count: 1 },
        data: [{ id, name: 'renamed', actions: ['action1', 'action2', 'action3'] }],
      });

      expect(await orion.post(`/remote_step/delete/${id}`)).toMatchObject({ status: 200, code: 0, data: '' });
      expect(await orion.get(`/remote_step/${id}`)).toMatchObject(refused(404, 'remote_step in db not found'));
    });

    it('are refused in the words of the document', async () => {
      const id = await orion.dataOf('/remote_step/create', { name: 'used', actions: ['action1'] });
      const step = { name: 'used', param_values: {}, retry: {} };
      const template = await orion.dataOf('/task_tpl/create', { name: 'user', steps: [step] });
      for (const [path, body, code, msg] of [
        ['/remote_step/create', undefined, 400, expect.any(String)],
        ['/remote_step/create', '{"name":"step",}', 400, expect.any(String)],
        ['/remote_step/create', { name: 'x', actions: [1] }, 400, expect.any(String)],
        ['/remote_step/create', { name: 'x', actions: ['nowhere'] }, 400, expect.stringContaining('no action nowhere')],
        [
          '/remote_step/create',
          { name: 'used', actions: [] },
          400,
          'another remote step of this project has this name',
        ],
        ['/remote_step/create', { name: 'create_vm' }, 400, expect.stringContaining('choose another name')],
        [`/remote_step/update/${id}`, '[', 400, expect.any(String)],
        [`/remote_step/update/${NOWHERE}`, { desc: 'x' }, 404, 'remote_step in db not found'],
        [`/remote_step/delete/${NOWHERE}`, undefined, 404, 'remote_step in db not found'],
        [`/remote_step/delete/${id}`, undefined, 404, `step is using ! template id:${template},template name:user`],
        [`/remote_step/${NOWHERE}`, undefined, 404, 'remote_step in db not found'],
        ['/remote_step/x', undefined, 400, 'id is error...'],
      ] as const) {
        expect([path, await orion.post(path, body)]).toMatchObject([path, refused(code, msg)]);
      }
    });

    it('are listed with the steps that are built in', async () => {
      await orion.dataOf('/action/create', { name: 'listed', params: { n: 'integer' } });
      await orion.dataOf('/remote_step/create', { name: 'listed', actions: ['listed'] });
      const all = await orion.post('/task_step/list');

      expect(all).toMatchObject({ code: 0, page: 0, page_size: all.data.length, query_count: all.data.length });
      expect(all.data.slice(0, 7)).toEqual([
        { id: 0, name: 'create_vm', desc: 'Create VMs', type: 'vm', params: { vm_type_id: 'Integer' } },
        { id: 0, name: 'return_vm', desc: 'Return VMs', type: 'vm', params: { vm_type_id: 'Integer' } },
        {
          ...{ id: 0, name: 'register', desc: 'Register to service', type: 'sd' },
          params: { service_discovery_id: 'Integer' },
        },
        {
          ...{ id: 0, name: 'unregister', desc: 'Unregister from service', type: 'sd' },
          params: { service_discovery_id: 'Integer' },
        },
        { id: 0, name: 'sleep', desc: 'Wait so many seconds', type: 'local', params: { time: 'Integer' } },
        { id: 0, name: 'echo_step', desc: 'Write a text into the log', type: 'local', params: { name: 'String' } },
        { id: 0, name: 'listed', desc: '', type: 'remote', params: { n: 'integer' } },
      ]);
      const page = await orion.post('/task_step/list', '{"page":2, "page_size":4}');
      expect(page).toMatchObject({ page: 2, page_size: 4, query_count: all.data.length, data: all.data.slice(4, 8) });
    });
  });
});
