import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

describe('a node that another system calls back by a token', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  const anonymous = { 'X-Bkapi-Authorization': '' };

  async function waiting() {
    const tree = sketch({ chains: ['S a b E'], activities: { a: { code: 'pause_node' }, b: { code: 'pause_node' } } });
    const { task_id: id, pipeline_tree } = await gantry.create(tree);
    const [a, b] = Object.keys(pipeline_tree.activities) as [string, string];
    await gantry.start(id);
    await gantry.until(id, ({ children }) => children[a]?.state === 'RUNNING');
    const pathOf = async (node: string) => {
      const { data } = await gantry.get(`/apigw/get_node_callback_url/${id}/1/?node_id=${node}`);
      return new URL(data.callback_url).pathname;
    };
    return { id, a, b, pathOf };
  }

  it('goes on with the data, without a login; a repetition is the same callback', async () => {
    const { id, a, b, pathOf } = await waiting();
    const path = await pathOf(a);

    const answers = [
      await gantry.post(path, { approved: 'yes' }, anonymous),
      await gantry.post(path, { approved: 'yes' }, anonymous),
    ];

    expect(answers).toEqual(answers.map(() => expect.objectContaining({ status: 200, result: true, code: 0 })));
    await gantry.until(id, ({ children }) => children[b]?.state === 'RUNNING');
    const { data } = await gantry.get(`/apigw/get_task_node_data/1/${id}/?node_id=${a}`);
    expect(data.outputs).toContainEqual(expect.objectContaining({ key: 'callback_data', value: { approved: 'yes' } }));
  });

  it("is found at upstream's address too, also before it is reached", async () => {
    const { id, a, b, pathOf } = await waiting();

    const early = await gantry.post(`/taskflow/api/v4/nodes${await pathOf(b)}`, {}, anonymous);
    await gantry.post(await pathOf(a), {}, anonymous);

    expect(early).toMatchObject({ result: true });
    await gantry.untilState(id, 'FINISHED');
  });

  it('takes no token that was made up, changed, or of an attempt that is over', async () => {
    const { id, a, pathOf } = await waiting();
    const path = await pathOf(a);
    await gantry.post(`/apigw/operate_node/1/${id}/`, { node_id: a, action: 'forced_fail' });
    await gantry.post(`/apigw/operate_node/1/${id}/`, { node_id: a, action: 'retry' });
    await gantry.until(id, ({ children }) => children[a]?.state === 'RUNNING' && children[a]?.retry === 1);

    expect(await gantry.post(path, {}, anonymous)).toMatchObject({
      result: false,
      code: 3599999,
      message: `the attempt of node ${a} that the token is for is over`,
    });
    for (const bad of ['/callback/nothing/', path.replace(/.\/$/, '-/'), path.replace('gantrycb1', 'gantry1')]) {
      expect(await gantry.post(bad, {}, anonymous)).toMatchObject({ status: 401, result: false, data: null });
    }
    expect((await gantry.status(id)).children[a]!.state).toBe('RUNNING');
  });
});
