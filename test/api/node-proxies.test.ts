import { findTree } from '../../db/tasks';
import type { PipelineTree } from '../../pipeline/tree/types';
import { addCaller, addPlainApp } from '../support/callers';
import { Gantry } from '../support/gantry';
import { drawing, shelve } from '../support/templates';
import { sketch } from '../support/trees';

describe('executor_proxy of a node', () => {
  let gantry: Gantry;
  let template: number;
  let editor: Record<string, string>;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    editor = await addCaller(gantry, 'edda', 'editor');
    template = await shelve(gantry.db, 'plain', sketch({ chains: ['S a E'] }));
  });

  afterAll(() => gantry.stop());

  const flat = (executor_proxy: unknown, message = 'x') =>
    sketch({
      chains: ['S a E'],
      activities: { a: { executor_proxy, inputs: { bk_display_message: message } } as object },
    });
  const nested = (executor_proxy: unknown) =>
    sketch({ chains: ['S sub E'], activities: { sub: { type: 'SubProcess', pipeline: flat(executor_proxy) } } });

  const post = (name: string, path: (string | number)[], body: unknown, headers: Record<string, string> = editor) =>
    gantry.post(`/apigw/${name}/${path.map((id) => `${id}/`).join('')}`, body, headers);

  const DOORS: [string, (tree: PipelineTree) => [path: (string | number)[], body: unknown]][] = [
    ['fast_create_task', (pipeline_tree) => [[1], { name: 'x', pipeline_tree }]],
    ['create_task', (pipeline_tree) => [[template, 1], { name: 'x', pipeline_tree }]],
    ['create_template', (pipeline_tree) => [[1], { name: 'x', pipeline_tree }]],
    ['create_template', (tree) => [[1], { name: 'x', pipeline_tree: JSON.stringify(tree) }]],
    ['update_template', (pipeline_tree) => [[template, 1], { pipeline_tree }]],
  ];

  it.each(DOORS)('is refused by %s where it is not the sender', async (name, make) => {
    for (const proxy of ['admin', 'edda ', ['edda'], 7]) {
      for (const tree of [flat(proxy), nested(proxy)]) {
        const answer = await post(name, ...make(tree));

        const problem =
          typeof proxy === 'string' ? 'node a: executor_proxy can only be set to oneself' : 'executor_proxy: ';
        expect(answer).toMatchObject({ result: false, message: expect.stringContaining(problem) });
      }
    }
    for (const proxy of ['edda', '', undefined]) {
      expect(await post(name, ...make(nested(proxy)))).toMatchObject({ result: true });
    }
    expect(await post(name, ...make(flat('somebody')), {})).toMatchObject({ result: true });
  });

  it('is refused beside a subprocess that is to be unfolded, too', async () => {
    const tree = drawing({
      chains: ['S a sub E'],
      activities: { a: { executor_proxy: 'admin' } },
      references: { sub: { template_id: String(template) } },
    });

    expect(await post('fast_create_task', [1], { name: 'x', pipeline_tree: tree })).toMatchObject({ result: false });
  });

  it('stays what it is where the node is as it was, and goes along with what is made of the template', async () => {
    const { data } = await post('create_template', [1], { name: 'of others', pipeline_tree: flat('admin') }, {});
    const id = data.template_id;
    const info = await gantry.get(`/apigw/get_template_info/${id}/1/`);
    const tree = info.data.pipeline_tree as PipelineTree;
    const renamed = { ...tree, activities: { a: { ...tree.activities.a!, name: 'renamed' } } };

    expect(await post('update_template', [id, 1], { pipeline_tree: renamed })).toMatchObject({ result: true });
    expect(await post('update_template', [id, 1], { pipeline_tree: flat('admin', 'other work') })).toMatchObject({
      result: false,
    });
    const made = await post('create_task', [id, 1], { name: 'made' });
    const [node] = Object.values((await findTree<PipelineTree>(gantry.db, made.data.task_id)).activities);
    expect(node).toMatchObject({ executor_proxy: 'admin' });
  });

  it('is left out of copies for another project, where it is not the sender', async () => {
    const { data } = await post('create_template', [1], { name: 'to copy', pipeline_tree: nested('admin') }, {});

    const copied = await post('copy_template_across_project', [1], {
      new_project_id: 1,
      template_ids: [data.template_id],
    });

    const [id] = Object.keys(copied.data.flows);
    const info = await gantry.get(`/apigw/get_template_info/${id}/1/`);
    expect(JSON.stringify(info.data.pipeline_tree)).not.toContain('"executor_proxy":"admin"');
  });
});
