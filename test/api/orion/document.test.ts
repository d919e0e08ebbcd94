import { Gantry } from '../../support/gantry';
import { type OrionAnswer, OrionClient } from '../../support/orion';

/** Requests as the document's examples have them, with its slips (orion §1.1 to §1.3). */
describe("the document's own requests", () => {
  let gantry: Gantry;
  let orion: OrionClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
  });

  afterAll(() => gantry.stop());

  const succeeded = (data: unknown) => ({ status: 200, code: 0, msg: 'success', data });
  const failed = (code: number, msg: string) => ({ status: code, code, msg, data: {} });

  it('make a cluster, and read, change and list it', async () => {
    const body = '{"name":"SamplePlatform", "desc":"Sample Platform", "biz": "平台"}';

    expect(await orion.post('/cluster/create', body)).toEqual(succeeded(1));
    expect(await orion.post('/cluster/1')).toEqual(
      succeeded({ id: 1, name: 'SamplePlatform', desc: 'Sample Platform', biz: '平台' }),
    );
    const changed = '{"name":"SamplePlatform", "desc":"changed", "biz": ""}';
    expect(await orion.post('/cluster/update/1', changed)).toEqual(succeeded(''));
    expect(await orion.get('/cluster/list?page=1&page_size=10')).toEqual({
      ...succeeded([{ id: 1, name: 'SamplePlatform', desc: 'changed', biz: '1' }]),
      page: 1,
      page_size: 10,
      query_count: 1,
    });
  });

  it('make a service with a GET', async () => {
    // The document's curl has no quote behind the body; in a request it is well-formed.
    const body =
      '{"name":"web_service","desc":"web服务","service_type":"Java","docker_image":"myregistry/myweb:1.0","cluster_id":1}';

    expect(await orion.send('PUT', '/service/create', body)).toEqual(succeeded({ id: 1 }));
    const service = {
      ...{ id: 1, name: 'web_service', desc: 'web服务', service_type: 'Java' },
      ...{ docker_image: 'myregistry/myweb:1.0', cluster_id: 1 },
    };
    expect(await orion.get('/service/1')).toEqual(succeeded(service));
    expect(await orion.post('/cluster/1/list_services', 'page=1&page_size=10')).toEqual({
      ...succeeded([service]),
      page: 1,
      page_size: 10,
      query_count: 1,
    });
  });

  it('make a pool, change it with a DELETE, and read it', async () => {
    const body = '{"name":"web_pool","desc":"web服务池","vm_type":1,"sd_id":1,"service_id":1}';

    expect(await orion.post('/pool/create', body)).toEqual(succeeded({ id: 1 }));
    const update = '{"name":"web_pool","desc":"web服务池","vm_type":2,"sd_id":1}';
    expect(await orion.send('DELETE', '/pool/update/1', update)).toEqual(succeeded(''));
    expect(await orion.get('/pool/1')).toMatchObject(
      succeeded({
        ...{ id: 1, name: 'web_pool', desc: 'web服务池', vm_type: 2, sd_id: 1, service_id: 1 },
        ...{ tasks: { expand: 0, shrink: 0, deploy: 0 }, node_count: 0, module_id: 0 },
      }),
    );
  });

  it('add hosts whose list is a text, and refuse the body that is no JSON', async () => {
    const literal = '{"nodes":"["10.85.41.166","10.85.41.167","10.85.41.168"]"}';
    expect(await orion.post('/pool/1/add_nodes', literal)).toMatchObject(failed(404, '请求参数解析错误'));
    expect(await orion.post('/pool/1/remove_nodes', literal)).toMatchObject(failed(400, '参数解析出错'));

    const meant = { nodes: '["10.85.41.166","10.85.41.167","10.85.41.168"]' };
    expect(await orion.post('/pool/1/add_nodes', meant)).toEqual(succeeded([1, 2, 3]));
    const node = (id: number, ip: string) => ({
      ...{ id, ip, vm_id: '', status: 0, node_type: 'manual', vnode_type: 'manual' },
    });
    expect(await orion.post('/pool/1/list_nodes', 'page=1&page_size=2')).toEqual({
      ...succeeded([node(1, '10.85.41.166'), node(2, '10.85.41.167')]),
      page: 1,
      page_size: 2,
      query_count: 3,
    });
    expect(await orion.post('/service/1/list_pools')).toMatchObject({ data: [{ id: 1, node_count: 3 }] });
  });

  it('find pools by addresses', async () => {
    const answer = await orion.post('/pool/search_by_ip/10.85.41.166,10.85.41.160, 10.85.41.168,no address');

    expect(answer).toEqual(succeeded({ '10.85.41.166': 1, '10.85.41.160': -1, '10.85.41.168': 1, 'no address': -1 }));
  });

  it('remove hosts by addresses, ids and a list joined by commas', async () => {
    expect(await orion.send('DELETE', '/pool/1/remove_nodes', { nodes: ['10.85.41.166'] })).toEqual(succeeded({}));
    expect(await orion.post('/pool/1/remove_nodes', { nodes: '2, 10.85.41.168' })).toEqual(succeeded({}));
    expect(await orion.get('/pool/1/list_nodes')).toMatchObject({ data: [], query_count: 0 });
    expect(await gantry.db.selectFrom('hosts').select('id').where('project_id', '=', 1).execute()).toEqual([]);
  });

  it('delete pool, service and cluster', async () => {
    expect(await orion.send('DELETE', '/pool/delete/1')).toEqual(succeeded({}));
    expect(await orion.send('DELETE', '/service/delete/1')).toEqual(succeeded({}));
    expect(await orion.post('/cluster/delete/1')).toEqual(succeeded({}));
    for (const list of ['/cluster/list', '/pool/list', '/cluster/1/list_services', '/service/1/list_pools']) {
      expect(await orion.get(list)).toMatchObject({ code: 0, data: [], query_count: 0 });
    }
  });

  describe('fail in its words', () => {
    const ids: Record<string, number> = {};

    beforeAll(async () => {
      const cluster = await orion.dataOf('/cluster/create', { name: 'used' });
      const image = { docker_image: 'image', cluster_id: cluster };
      const service = (await orion.dataOf('/service/create', { name: 'used', ...image })).id;
      const pool = (await orion.dataOf('/pool/create', { name: 'used', service_id: service })).id;
      await orion.dataOf(`/pool/${pool}/add_nodes`, { nodes: ['10.1.1.1'] });
      Object.assign(ids, { cluster, service, pool });
    });

    /** A path, a body, the code and how its text begins; `{pool}` is the id of the pool. */
    const rows: [what: string, path: string, body: unknown, code: number, msg: string][] = [
      ['a cluster without a name', '/cluster/create', { desc: 'x' }, 400, 'param is error!'],
      ['a cluster with a blank name', '/cluster/create', { name: ' ' }, 400, 'param is error!'],
      ['no body', '/cluster/create', undefined, 400, 'param is error!'],
      ['a name of another type', '/cluster/create', { name: 7 }, 400, 'param is error!'],
      ['a cluster twice', '/cluster/create', { name: 'used' }, 400, 'another cluster of this project has this name'],
      ['a bad id to update', '/cluster/update/x', { name: 'x' }, 400, 'id is error !'],
      ['an update without a name', '/cluster/update/{cluster}', {}, 400, 'param is error!'],
      ['a missing cluster to update', '/cluster/update/999', { name: 'x' }, 400, 'old data not found !'],
      ['a bad id to delete', '/cluster/delete/x', undefined, 400, 'id is error !'],
      ['a missing cluster to delete', '/cluster/delete/999', undefined, 400, 'cluster in db not found'],
      ['a cluster in use', '/cluster/delete/{cluster}', undefined, 400, 'service exists in this cluster'],
      ['a bad id of a cluster', '/cluster/x', undefined, 400, 'id is error !'],
      ['no id of a cluster', '/cluster/', undefined, 400, 'id is error !'],
      ['a missing cluster', '/cluster/999', undefined, 404, 'cluster in db not found'],
      ['an id beyond all', '/cluster/99999999999999', undefined, 404, 'cluster in db not found'],
      ['a service that is no JSON', '/service/create', '{"name":', 400, '请求参数解析错误'],
      ['a service without an image', '/service/create', { name: 'x', cluster_id: 1 }, 400, '请求参数解析错误'],
      [
        'a service twice',
        '/service/create',
        { name: 'used', docker_image: 'x', cluster_id: '{cluster}' },
        400,
        'another service of this project has this name',
      ],
      [
        'a service of no cluster',
        '/service/create',
        { name: 'x', docker_image: 'x', cluster_id: 999 },
        400,
        'cluster 999 does not exist in this project',
      ],
      ['a bad id of a service', '/service/x', undefined, 400, 'id is error !'],
      ['a missing service', '/service/999', undefined, 404, 'db error'],
      ['a bad id of a service to delete', '/service/delete/x', undefined, 400, 'id is error !'],
      ['a missing service to delete', '/service/delete/999', undefined, 404, '数据库操作失败'],
      ['a service in use', '/service/delete/{service}', undefined, 400, 'sub pool exists'],
      ['a missing service to update', '/service/update/999', { desc: 'x' }, 404, '数据库操作失败'],
      ['an empty name of a service', '/service/update/{service}', { name: '' }, 400, 'param is error!'],
      ['a bad id of a service to update', '/service/update/x', { desc: 'x' }, 400, 'id is error !'],
      ['a pool that is no JSON', '/pool/create', 'x', 400, '请求参数解析错误'],
      ['a pool without a name', '/pool/create', { service_id: '{service}' }, 400, '请求参数解析错误'],
      [
        'a pool of no service',
        '/pool/create',
        { name: 'x', service_id: 999 },
        400,
        'service 999 does not exist in this project',
      ],
      [
        'a pool of no module',
        '/pool/create',
        { name: 'x', service_id: '{service}', module_id: 999 },
        400,
        'module 999 does not exist in this business',
      ],
      [
        'a pool twice',
        '/pool/create',
        { name: 'used', service_id: '{service}' },
        400,
        'another pool of this project has this name',
      ],
      ['a missing pool', '/pool/999', undefined, 404, 'db error'],
      ['a missing pool to delete', '/pool/delete/999', undefined, 400, 'data not found'],
      ['a pool in use', '/pool/delete/{pool}', undefined, 400, 'node exists in this pool'],
      ['an update of a pool that is no JSON', '/pool/update/{pool}', '{', 400, '参数解析错误'],
      ['a missing pool to update', '/pool/update/999', { desc: 'x' }, 404, '数据库操作失败'],
      ['a host that is in a pool', '/pool/999/add_nodes', { nodes: ['10.1.1.1'] }, 404, 'ip exists already'],
      ['a host twice', '/pool/{pool}/add_nodes', { nodes: ['10.1.1.2', '10.1.1.2'] }, 404, 'ip exists already'],
      ['hosts for no pool', '/pool/999/add_nodes', { nodes: ['10.1.1.2'] }, 404, 'pool_id is not vaild'],
      ['no hosts', '/pool/{pool}/add_nodes', { nodes: [] }, 404, 'ip is empty'],
      ['blank hosts', '/pool/{pool}/add_nodes', { nodes: [' '] }, 404, 'ip is empty'],
      ['hosts that are none', '/pool/{pool}/add_nodes', { nodes: ['10.1.1.2', '10.1.1'] }, 404, '请求参数解析错误'],
      ['to remove what is no list', '/pool/{pool}/remove_nodes', { nodes: 7 }, 400, '参数解析出错'],
      ['to remove a missing host', '/pool/{pool}/remove_nodes', { nodes: [999] }, 404, 'error when delete id: 999'],
    ];

    it.each(rows)('%s', async (_what, path, body, code, msg) => {
      const before = await rowsOf();
      const answer: OrionAnswer = await orion.post(filled(path), body === undefined ? undefined : filled(body));

      expect(answer).toMatchObject({ status: code, code, data: {} });
      expect(answer.msg.startsWith(msg) ? msg : answer.msg).toBe(msg);
      expect(answer.errors!.length).toBeGreaterThan(0);
      expect(await rowsOf()).toEqual(before);
    });

    function filled(given: unknown): string {
      const text = typeof given === 'string' ? given : JSON.stringify(given);
      return text.replaceAll(/\{(cluster|service|pool)\}/g, (_all, name: string) => String(ids[name]));
    }

    async function rowsOf() {
      const tables = ['clusters', 'services', 'pools', 'pool_hosts', 'hosts'] as const;
      return Promise.all(tables.map((table) => gantry.db.selectFrom(table).selectAll().execute()));
    }
  });
});
