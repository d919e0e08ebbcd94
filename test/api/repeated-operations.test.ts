import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

/** The same request, sent so often at the same moment, and once more when it is over. */
const AT_ONCE = 4;

describe('an operation that comes again under its id', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  const operations = async (task: number): Promise<string[]> => {
    const { data } = await gantry.get(`/apigw/get_task_operate_record/${task}/1/`);
    const types = data.map(({ operate_type }: { operate_type: string }) => operate_type);
    return types.filter((type: string) => type !== 'create' && type !== 'start').reverse();
  };

  async function begin(chains: string[], activities: NonNullable<Parameters<typeof sketch>[0]['activities']>) {
    const { task_id: id, pipeline_tree } = await gantry.create(
      sketch({ chains, activities, constants: { c: { value: 'old' } } }),
    );
    await gantry.start(id);
    const nodes = Object.keys(pipeline_tree.activities);
    return {
      id,
      nodes,
      task: (body: object) => gantry.post(`/apigw/operate_task/${id}/1/`, body),
      node: (body: object) => gantry.post(`/apigw/operate_node/1/${id}/`, body),
      call: (body: object) => gantry.post(`/apigw/node_callback/${id}/1/`, body),
      modify: (value: string, request_id: string) =>
        gantry.post(`/apigw/modify_constants_for_task/${id}/1/`, { constants: { '${c}': value }, request_id }),
      constant: async () => (await gantry.get(`/apigw/get_task_detail/${id}/1/`)).data.constants['${c}'].value,
      untilNode: (node: string, state: string) => gantry.until(id, ({ children }) => children[node]?.state === state),
    };
  }

  async function sendAtOnce(send: () => Promise<{ result: boolean; message: string }>): Promise<void> {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, send));
    expect(answers.map(({ message }) => message)).toEqual(answers.map(() => 'success'));
  }

  it('has one record, of whatever kind it is, also when the task has ended', async () => {
    const bad = { code: 'sleep_timer', inputs: { bk_timing: 'bad' } };
    const { id, nodes, task, node, call, untilNode } = await begin(['S a b c E'], {
      a: bad,
      b: { code: 'pause_node' },
      c: { code: 'pause_node' },
    });
    const [a, b, c] = nodes as [string, string, string];
    await untilNode(a, 'FAILED');
    const sent = [
      () => node({ node_id: a, action: 'retry', request_id: '1' }),
      () => node({ node_id: a, action: 'skip', request_id: '1' }),
      () => task({ action: 'pause', request_id: '1' }),
      () => task({ action: 'resume', request_id: '1' }),
      () => node({ node_id: c, action: 'pause', request_id: '1' }),
      () => node({ node_id: c, action: 'resume', request_id: '1' }),
      () => call({ node_id: b, request_id: '1' }),
      () => task({ action: 'revoke', request_id: '1' }),
    ];

    for (const send of sent) await sendAtOnce(send);

    await gantry.untilEnded(id);
    for (const send of sent) expect(await send()).toMatchObject({ result: true });
    expect(await operations(id)).toEqual([
      ...['retry', 'skip', 'pause', 'resume', 'nodes_action', 'nodes_action', 'callback', 'revoke'],
    ]);
    expect((await gantry.status(id)).children[a]).toMatchObject({ retry: 1, skip: true });
  });

  it('has one record as a callback by token, also when its node has gone round since', async () => {
    const { task_id: id, pipeline_tree } = await gantry.create(
      sketch({
        chains: ['S a x a', 'x b E'],
        activities: { a: { code: 'pause_node' } },
        gateways: {
          x: { type: 'ExclusiveGateway', conditions: { x_a: { evaluate: '${n} < 2' }, x_b: { evaluate: '${n} > 1' } } },
        },
        constants: { n: { source_type: 'component_outputs', source_info: { a: ['_loop'] } } },
      }),
    );
    const a = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(id);
    await gantry.until(id, ({ children }) => children[a]?.state === 'RUNNING');
    const { data } = await gantry.get(`/apigw/get_node_callback_url/${id}/1/?node_id=${a}`);
    const call = (body: object) => gantry.post(new URL(data.callback_url).pathname, body);

    await sendAtOnce(() => call({ x: 1 }));
    await gantry.until(id, ({ children }) => children[a]?.loop === 2 && children[a]?.state === 'RUNNING');

    expect(await call({ x: 1 })).toMatchObject({ result: true });
    expect(await call({ x: 2 })).toMatchObject({ result: false });
    expect((await gantry.status(id)).children[a]).toMatchObject({ loop: 2, state: 'RUNNING' });
    expect(await operations(id)).toEqual(['callback']);
  });

  it('does not undo what came after it', async () => {
    const { id, nodes, task, modify, constant, untilNode } = await begin(['S a E'], { a: { code: 'pause_node' } });
    await untilNode(nodes[0]!, 'RUNNING');
    await task({ action: 'pause', request_id: 'p' });
    await sendAtOnce(() => modify('first', '1'));
    await sendAtOnce(() => modify('second', '2'));

    expect(await modify('first', '1')).toMatchObject({ result: true });
    expect(await constant()).toBe('second');
    await task({ action: 'resume' });
    expect(await task({ action: 'pause', request_id: 'p' })).toMatchObject({ result: true });

    expect((await gantry.status(id)).state).toBe('RUNNING');
    expect(await operations(id)).toEqual(['pause', 'update', 'update', 'resume']);
  });

  it('has one record as a change of constants before the start, and after it', async () => {
    const { task_id: id } = await gantry.create(sketch({ chains: ['S a E'], constants: { c: { value: 'old' } } }));
    const modify = (value: string, request_id: string) =>
      gantry.post(`/apigw/modify_constants_for_task/${id}/1/`, { constants: { '${c}': value }, request_id });
    await sendAtOnce(() => modify('first', '1'));
    await sendAtOnce(() => modify('second', '2'));

    expect(await modify('first', '1')).toMatchObject({ result: true });
    const { data } = await gantry.get(`/apigw/get_task_detail/${id}/1/`);
    expect(data.constants['${c}'].value).toBe('second');
    await gantry.start(id, { hold: true });
    expect(await modify('first', '1')).toMatchObject({ result: true });

    expect((await gantry.get(`/apigw/get_task_detail/${id}/1/`)).data.constants['${c}'].value).toBe('second');
    expect(await operations(id)).toEqual(['update', 'update']);
  });

  it('leaves no record as long as it is refused', async () => {
    const { id, nodes, task, node, untilNode } = await begin(['S a E'], { a: { code: 'pause_node' } });
    await untilNode(nodes[0]!, 'RUNNING');

    for (const request_id of ['1', undefined]) {
      expect(await task({ action: 'resume', request_id })).toMatchObject({ result: false });
      expect(await node({ node_id: nodes[0], action: 'retry', request_id })).toMatchObject({ result: false });
    }
    expect(await operations(id)).toEqual([]);
    await node({ node_id: nodes[0], action: 'forced_fail' });
    expect(await node({ node_id: nodes[0], action: 'retry', request_id: '1' })).toMatchObject({ result: true });

    expect(await operations(id)).toEqual(['forced_fail', 'retry']);
  });

  it('is a second revoke when two come at the same moment without one: it is told of the first', async () => {
    const { id, nodes, task, untilNode } = await begin(['S a E'], { a: { code: 'pause_node' } });
    await untilNode(nodes[0]!, 'RUNNING');

    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => task({ action: 'revoke' })));

    expect(answers.filter(({ result }) => result)).toHaveLength(1);
    for (const { result, message } of answers) {
      if (!result) expect(message).toMatch(/is being revoked|is REVOKED/);
    }
    expect(await operations(id)).toEqual(['revoke']);
  });
});
