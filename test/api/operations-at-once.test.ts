import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const NODES = 80;

describe('many operations on one task at the same moment', () => {
  let gantry: Gantry;
  let other: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    other = await gantry.another();
    await gantry.startWorker();
  });

  afterAll(async () => {
    await other.stop();
    await gantry.stop();
  });

  it('are all done, through several API processes', async () => {
    const names = Array.from({ length: NODES }, (_, index) => `n${index}`);
    const tree = sketch({
      chains: ['S p n0 v E', ...names.slice(1).map((name) => `p ${name} v`)],
      activities: Object.fromEntries(names.map((name) => [name, { code: 'pause_node' }])),
      gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const nodes = Object.keys(pipeline_tree.activities);
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => nodes.every((node) => children[node]?.state === 'RUNNING'));

    const answers = await Promise.all(
      nodes.map((node_id, index) =>
        (index % 2 === 0 ? gantry : other).post(`/apigw/node_callback/${task_id}/1/`, { node_id }),
      ),
    );

    expect(answers.map(({ status, message }) => `${status} ${message}`)).toEqual(nodes.map(() => '200 success'));
    await gantry.untilState(task_id, 'FINISHED');
  });
});
