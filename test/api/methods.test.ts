import { endpoints } from '../../api/bk-sops';
import { routesOf } from '../../api/bk-sops/routes';
import { CALLER } from '../support/client';
import { fillProject } from '../support/every-object';
import { Gantry } from '../support/gantry';
import { describeWay, named, requestOf, sendBy, waysOf } from '../support/requests';

const ESB = '/api/c/compapi/v2/sops';
/** The project, and the object of every kind in it. */
const ID = 5001;
const WHERE = { project: ID, object: ID };
const NOBODY = { 'X-Bkapi-Authorization': '{}' };

const takesBoth = (endpoint: (typeof endpoints)[number]) =>
  routesOf(endpoint).some(({ style, methods }) => style === 'esb' && methods.includes('get'));
const reading = named.filter(([, endpoint]) => takesBoth(endpoint));
const changing = named.filter(([, endpoint]) => !takesBoth(endpoint));

describe('methods of the ESB paths', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await fillProject(gantry, ID, 'everything');
  });

  afterAll(() => gantry.stop());

  it('are both there for what only reads, by its name', () => {
    const isRead = (name: string) => /^(get|query|preview|export)_/.test(name);

    expect(reading.map(([name]) => name).filter((name) => !isRead(name))).toEqual([]);
    expect(changing.map(([name]) => name).filter(isRead)).toEqual([]);
    expect(reading.length + changing.length).toBe(endpoints.length);
  });

  it.each(reading)('%s answers the same in every way', async (_name, endpoint) => {
    const request = requestOf(endpoint, WHERE);
    const ways = waysOf(endpoint);
    const answers = new Map<string, unknown>();
    for (const way of ways) answers.set(describeWay(way), await sendBy(gantry, endpoint, way, request));

    const [first, ...others] = [...answers].map(([way, answer]) => [way, { ...(answer as object), request_id: '' }]);
    for (const [way, answer] of others) expect([way, answer]).toEqual([way, first![1]]);
    expect(ways.length).toBeGreaterThanOrEqual(5);
  });

  it.each(reading)('%s takes its credentials from query, JSON and form', async (_name, endpoint) => {
    const { ids, fields } = requestOf(endpoint, WHERE);
    for (const way of waysOf(endpoint).filter(({ style }) => style === 'esb')) {
      const ask = (caller: object) => sendBy(gantry, endpoint, way, { ids: { ...caller, ...ids }, fields }, NOBODY);

      expect((await ask(CALLER)).status).toBe(200);
      expect((await ask({ ...CALLER, bk_app_secret: 'wrong' })).status).toBe(401);
      expect((await ask({})).status).toBe(401);
    }
  });

  it.each(changing)('%s is never a GET', async (_name, endpoint) => {
    for (const { style } of routesOf(endpoint)) {
      const answer = await sendBy(
        gantry,
        endpoint,
        { style, method: 'get', carries: 'query' },
        requestOf(endpoint, WHERE),
      );
      expect(answer).toMatchObject({ status: 405, result: false, code: 3545000, message: 'GET is not allowed' });
    }
  });

  it.each(named)('%s is the same below system', async (_name, endpoint) => {
    const [app, system] = routesOf(endpoint);

    expect(system).toEqual({ ...app, style: 'system', path: app!.path.replace('/apigw/', '/apigw/system/') });
    const request = requestOf(endpoint, WHERE);
    const way = { style: 'system', method: endpoint.method, carries: endpoint.method === 'get' ? 'query' : 'json' };
    expect(await sendBy(gantry, endpoint, way as never, request, NOBODY)).toMatchObject({ status: 401, code: 1640001 });
  });

  const list = async (method: string, fields: string, contentType?: string) => {
    const isGet = method === 'GET';
    return gantry.send(
      method,
      `${ESB}/get_task_list/${isGet ? `?${fields}` : ''}`,
      isGet ? undefined : fields,
      contentType ? { 'Content-Type': contentType } : {},
    );
  };
  const FORM = 'application/x-www-form-urlencoded';

  it.each<[string, Record<string, unknown>, number | string]>([
    ['a number', { limit: 0 }, 0],
    ['a number too many', { limit: 5, offset: 7 }, 0],
    ['a boolean', { is_started: false }, 1],
    ['the other boolean', { is_started: true }, 0],
    ['a list of ids', { template_ids: [1, 2] }, 0],
    ['a number where a text is searched', { keyword: 12345 }, 0],
    ['nulls', { keyword: null, limit: null, is_started: null }, 1],
    ['empty texts', { keyword: '', limit: '', is_started: '' }, 1],
    ['no number', { limit: -1 }, 'greater or equal to 0'],
    ['a fraction', { limit: 1.5 }, 'greater or equal to 0'],
    ['an object', { keyword: { a: 1 } }, "'keyword'"],
  ])('read %s in a JSON body as a query has it', async (_name, fields, wanted) => {
    const answer = await list('POST', JSON.stringify({ bk_biz_id: ID, ...fields }));

    if (typeof wanted === 'number') expect(answer.data).toHaveLength(wanted);
    else expect(answer).toMatchObject({ result: false, message: expect.stringContaining(wanted) });
  });

  it('leave a flag off that a JSON body has as false', async () => {
    const ask = (fields: object) => gantry.post(`${ESB}/get_task_status/`, { bk_biz_id: ID, task_id: ID, ...fields });
    const flags = ['with_failed_node_info', 'with_auto_retry_status'];
    const all = (value: unknown) => Object.fromEntries(flags.map((flag) => [flag, value]));

    for (const off of [false, 0, '', null]) expect((await ask(all(off))).data).not.toHaveProperty('failed_node_info');
    for (const on of [true, 1, 'yes']) expect((await ask(all(on))).data).toHaveProperty('failed_node_info');
  });

  it.each([
    ['JSON', `task_id_list=[${ID}]`],
    ['a name that comes twice', `task_id_list=1&task_id_list=${ID}`],
    ['commas', `task_id_list=1,${ID}`],
    ['one value', `task_id_list=${ID}`],
  ])('read lists in a query or a form: %s', async (_name, fields) => {
    const both = `bk_biz_id=${ID}&include_children_status=false&${fields}`;
    const asked = [
      await gantry.get(`${ESB}/get_tasks_status/?${both}`),
      await gantry.send('POST', `${ESB}/get_tasks_status/`, both, { 'Content-Type': FORM }),
    ];

    for (const { data } of asked) expect(data).toMatchObject([{ id: ID }]);
  });

  it('do not take a list of other things for one with commas', async () => {
    const ask = (value: string) =>
      gantry.get(`${ESB}/preview_task_tree/?bk_biz_id=${ID}&template_id=${ID}&exclude_task_nodes_id=${value}`);

    expect((await ask('[1]')).message).toContain("'exclude_task_nodes_id");
    expect((await ask('["a')).message).toContain("'exclude_task_nodes_id");
    const listed = { bk_biz_id: ID, template_id: ID, exclude_task_nodes_id: ['no-node'] };
    const { message } = await gantry.post(`${ESB}/preview_task_tree/`, listed);
    expect(message).toContain('no-node');
    expect((await ask('["no-node"]')).message).toBe(message);
    expect((await ask('no-node')).message).toBe(message);
  });

  it('have one limit for bodies and one for depth', async () => {
    const large = JSON.stringify({ bk_biz_id: ID, keyword: 'x'.repeat(17 * 1024 * 1024) });
    const deep = `{"bk_biz_id": ${ID}, "keyword": ${'['.repeat(3000)}${']'.repeat(3000)}}`;

    expect(await gantry.post(`${ESB}/get_task_list/`, large)).toMatchObject({ status: 413, code: 3540000 });
    expect((await gantry.post(`${ESB}/get_task_list/`, deep)).message).toContain('nested deeper');
  });
});
