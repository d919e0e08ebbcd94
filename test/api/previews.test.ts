import { previews } from '../../tasks/view/previews/pool';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

describe('get_task_node_detail of a node that was not reached', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  it('shows its inputs as they would be, or why not', async () => {
    const inputs = { bk_display_message: '${greeting} you' };
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { inputs } },
      constants: { greeting: { value: 'hello' } },
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const path = `/apigw/get_task_node_detail/${task_id}/1/?node_id=${Object.keys(pipeline_tree.activities)[0]}`;
    const rendered = await gantry.get(path);
    jest.spyOn(previews, 'render').mockResolvedValueOnce(undefined);
    const givenUp = await gantry.get(path);

    expect(rendered).toMatchObject({ result: true, data: { inputs: { bk_display_message: 'hello you' } } });
    expect(givenUp).toMatchObject({
      result: true,
      data: { state: 'READY', inputs: { bk_display_message: expect.stringContaining('the preview takes too long') } },
    });
  });
});
