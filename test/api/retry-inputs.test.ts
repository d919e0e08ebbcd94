import { Gantry } from '../support/gantry';
import { openReceiver, type Receiver } from '../support/receiver';
import { sketch } from '../support/trees';

describe('a retry with some of the inputs', () => {
  let gantry: Gantry;
  let target: Receiver;
  const sent = () =>
    target.received.map(({ method, path, headers, body }) => [method, path, headers.token ?? '', body].join(' '));

  beforeAll(async () => {
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    target = await openReceiver(({ path }, response) => response.writeHead(path === '/broken' ? 500 : 200).end('{}'));
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  beforeEach(() => {
    target.received.length = 0;
  });

  afterAll(async () => {
    await gantry.stop();
    await target.close();
  });

  async function begin(inputs: object) {
    const a = { code: 'bk_http_request', inputs: { bk_http_request_url: `${target.url}/broken`, ...inputs } };
    const { task_id, pipeline_tree } = await gantry.create(sketch({ chains: ['S a E'], activities: { a } }));
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FAILED');
    const retry = (more: object) =>
      gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action: 'retry', ...more });
    const failure = async () =>
      (await gantry.get(`/apigw/get_task_node_detail/${task_id}/1/?node_id=${node_id}`)).data.ex_data;
    return { task_id, node_id, retry, failure };
  }

  const POST = {
    bk_http_request_method: 'POST',
    bk_http_request_header: [{ name: 'token', value: 't' }],
    bk_http_request_body: '{"deploy":1}',
  };

  it('fails the node where a default would do something else, and nothing is sent', async () => {
    const { task_id, node_id, retry, failure } = await begin(POST);
    const inputs = { bk_http_request_url: `${target.url}/fine` };

    expect(await retry({ inputs })).toMatchObject({ result: true });
    await gantry.until(
      task_id,
      ({ children }) => children[node_id]?.retry === 1 && children[node_id]?.state === 'FAILED',
    );

    expect(await failure()).toBe(
      'inputs are missing: bk_http_request_method, bk_http_request_header, bk_http_request_body; without them the node ' +
        'would do something else than before. Retry it with all of its inputs, or with inputs_mode "merge" to keep those ' +
        'that are not sent',
    );
    expect(sent()).toEqual(['POST /broken t {"deploy":1}']);
    expect(await retry({ inputs, inputs_mode: 'merge' })).toMatchObject({ result: true });
    await gantry.untilState(task_id, 'FINISHED');
    expect(sent().slice(1)).toEqual(['POST /fine t {"deploy":1}']);
  });

  it('does what it did before where a default says the same', async () => {
    const { task_id, retry } = await begin({ bk_http_request_method: 'GET', bk_http_timeout: 5 });

    await retry({ inputs: { bk_http_request_url: `${target.url}/fine` } });

    await gantry.untilState(task_id, 'FINISHED');
    expect(sent()).toEqual(['GET /broken  ', 'GET /fine  ']);
  });

  it('takes inputs that are all of them as they are', async () => {
    const { task_id, retry } = await begin(POST);
    const url = { bk_http_request_url: `${target.url}/fine` };

    await retry({
      inputs: { ...POST, ...url, bk_http_request_body: 'x', bk_http_request_header: [] },
      inputs_mode: 'replace',
    });

    await gantry.untilState(task_id, 'FINISHED');
    expect(sent().slice(1)).toEqual(['POST /fine  x']);
  });

  it('knows two modes, and says so', async () => {
    const { retry } = await begin(POST);

    const answer = await retry({ inputs: {}, inputs_mode: 'some' });

    expect(answer).toMatchObject({
      result: false,
      message: expect.stringContaining('inputs_mode is "replace" or "merge"'),
    });
    const { paths } = (await gantry.get('/openapi.json')) as unknown as { paths: Record<string, unknown> };
    expect(JSON.stringify(paths['/apigw/operate_node/{bk_biz_id}/{task_id}/'])).toContain('"enum":["replace","merge"]');
  });
});
