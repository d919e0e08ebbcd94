import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';

/** What all endpoints have in common (orion §0). */
describe('requests to Orion', () => {
  let gantry: Gantry;
  let orion: OrionClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
    const rows = Array.from({ length: 12 }, (_, index) => ({ project_id: 1, name: `cluster ${index + 1}`, biz: '1' }));
    await gantry.db.insertInto('clusters').values(rows).execute();
  });

  afterAll(() => gantry.stop());

  it.each(['GET', 'POST', 'PUT', 'DELETE'])('are served by %s', async (verb) => {
    const answer = await orion.send(verb, '/cluster/list');

    expect(answer).toMatchObject({ status: 200, code: 0, msg: 'success', page: 1, page_size: 10, query_count: 12 });
    expect(answer.data).toHaveLength(10);
    expect(answer.data[0]).toEqual({ id: 12, name: 'cluster 12', desc: '', biz: '1' });
  });

  it.each([
    ['the query', '?page=2&page_size=5', undefined],
    ['JSON', '', '{"page":2,"page_size":5}'],
    ['texts in JSON, names in other cases', '', '{"Page":"2","PAGE_SIZE":"5"}'],
    ['a form that is said to be JSON', '', 'page=2&page_size=5'],
  ])('have their page in %s', async (_what, query, body) => {
    const answer = await orion.post(`/cluster/list${query}`, body);

    expect(answer).toMatchObject({ page: 2, page_size: 5, query_count: 12 });
    expect(answer.data.map(({ id }: { id: number }) => id)).toEqual([7, 6, 5, 4, 3]);
  });

  it.each(['0', '-1', 'x', '1.5', ''])('have page 1 for %s', async (page) => {
    const answer = await orion.post('/cluster/list', { page, page_size: page });

    expect(answer).toMatchObject({ code: 0, page: 1, page_size: 10 });
  });

  it('have no longer page than there may be', async () => {
    expect(await orion.get('/cluster/list?page_size=5000')).toMatchObject({ page_size: 1000, query_count: 12 });
    expect(await orion.get('/cluster/list?page=99999999999')).toMatchObject({ data: [], query_count: 12 });
  });

  it('find names by parts of them', async () => {
    expect(await orion.get('/cluster/list?name=er%2012')).toMatchObject({ data: [{ id: 12 }], query_count: 1 });
  });

  it('have blanks behind their paths, as in addresses of the document', async () => {
    expect(await orion.get('/cluster/1/list_services%20')).toMatchObject({ code: 0, data: [] });
    expect(await orion.get('/cluster/1%20%20')).toMatchObject({ code: 0, data: { id: 1 } });
  });

  it('are UTF-8: other words than were sent are not kept', async () => {
    const gbk = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xd6, 0xd0, 0xce, 0xc4]), Buffer.from('"}')]);
    const answer = await orion.post('/cluster/create', gbk);

    expect(answer).toMatchObject({ status: 400, code: 400, msg: 'param is error!', data: {} });
    expect(await orion.get('/cluster/list')).toMatchObject({ query_count: 12 });
  });

  it('that name a user alone are told what proves who they are', async () => {
    const headers = { Authorization: 'root' };
    const stranger = await gantry.ask({ method: 'GET', path: '/cluster/list', headers });

    expect(stranger.status).toBe(401);
    expect(JSON.parse(stranger.text).msg).toContain('X-Bkapi-Authorization');
  });

  it('that cannot be read are refused in its envelope', async () => {
    const answer = await orion.post('/cluster/list', '{"page":1,}');

    expect(answer).toMatchObject({ status: 400, code: 400, msg: 'the body is not JSON', data: {} });
    expect(await orion.get('/cluster/no/such/path')).toMatchObject({ status: 404, code: 404, data: {} });
    expect(await orion.send('PATCH', '/cluster/list', {})).toMatchObject({ status: 405, code: 405, data: {} });
  });
});
