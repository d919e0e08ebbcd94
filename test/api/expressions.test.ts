import { toJsonText } from '../../db/json';
import type { PipelineTree } from '../../pipeline/tree/types';
import type { Answer } from '../support/client';
import { Gantry } from '../support/gantry';
import { shelve } from '../support/templates';
import { sketch } from '../support/trees';

const LATER = '2099-01-01 00:00:00';

/** A gateway with this condition, and a node with this input behind it. */
function treeOf(message: string, evaluate = '"${text}" == "a"'): PipelineTree {
  return sketch({
    chains: ['S x a v E', 'x b v'],
    activities: { a: { name: 'cut', inputs: { bk_display_message: message } } },
    gateways: {
      x: { type: 'ExclusiveGateway', name: 'which', conditions: { x_a: { evaluate }, x_b: { evaluate: '1 == 2' } } },
      v: { type: 'ConvergeGateway' },
    },
    constants: { text: { value: 'a' } },
  });
}

const WRONG: [what: string, tree: PipelineTree, said: RegExp][] = [
  [
    'a pattern with look-ahead',
    treeOf("${re.sub('(?=a)', '', text)}"),
    /activity a \(cut\), input bk_display_message: the regular expression '\(\?=a\)' has the look-ahead \(\?=…\)/,
  ],
  [
    'a pattern with a back reference',
    treeOf(String.raw`${'$'}{re.sub(r'(a)\1', '', text)}`),
    /activity a \(cut\), input bk_display_message: .* has the back reference \\1 at position 3/,
  ],
  [
    'a condition that cannot be read',
    treeOf('x', '${text} = "a"'),
    /gateway x \(which\), flow x_a: the condition .*: unexpected '= "a"' at 8: expected an operator/,
  ],
];

let gantry: Gantry;
let good: number;

beforeAll(async () => {
  gantry = await Gantry.create();
  await gantry.startWorker();
  good = await shelve(gantry.db, 'good', treeOf('x'));
});

afterAll(() => gantry.stop());

async function shelveOld(tree: PipelineTree): Promise<number> {
  const id = await shelve(gantry.db, 'old', treeOf('x'));
  await gantry.db
    .updateTable('template_versions')
    .set({ tree: toJsonText(tree) })
    .where('template_id', '=', id)
    .execute();
  return id;
}

describe('an expression that can never be evaluated', () => {
  const file = (pipeline_tree: PipelineTree) =>
    JSON.stringify({ gantry_templates: 1, templates: [{ key: '1', name: 'n', pipeline_tree }] });
  const doors: Record<string, (tree: PipelineTree) => Promise<Answer>> = {
    fast_create_task: (pipeline_tree) => gantry.post('/apigw/fast_create_task/1/', { name: 'n', pipeline_tree }),
    create_task: (pipeline_tree) => gantry.post(`/apigw/create_task/${good}/1/`, { name: 'n', pipeline_tree }),
    create_template: (pipeline_tree) => gantry.post('/apigw/create_template/1/', { name: 'n', pipeline_tree }),
    update_template: (pipeline_tree) => gantry.post(`/apigw/update_template/${good}/1/`, { pipeline_tree }),
    import_project_template: (tree) =>
      gantry.post('/apigw/import_project_template/1/', { template_data: file(tree), format: 'json' }),
  };
  const fromTemplate: Record<string, (id: number) => Promise<Answer>> = {
    create_task: (id) => gantry.post(`/apigw/create_task/${id}/1/`, { name: 'n' }),
    preview_task_tree: (id) => gantry.post(`/apigw/preview_task_tree/1/${id}/`, {}),
    create_periodic_task: (id) =>
      gantry.post(`/apigw/create_periodic_task/${id}/1/`, { name: 'n', cron: { minute: '5' } }),
    create_clocked_task: (id) =>
      gantry.post(`/apigw/create_clocked_task/${id}/1/`, { task_name: 'n', plan_start_time: LATER }),
  };

  describe.each(WRONG)('%s', (_, tree, said) => {
    test.each(Object.keys(doors))('is refused by %s, which names it', async (name) => {
      const answer = await doors[name]!(tree);

      expect(answer).toMatchObject({ result: false, message: expect.stringMatching(said) });
      expect(answer.status).toBeLessThan(500);
    });

    test.each(Object.keys(fromTemplate))('is refused by %s of a template that was kept before', async (name) => {
      const answer = await fromTemplate[name]!(await shelveOld(tree));

      expect(answer).toMatchObject({ result: false, message: expect.stringMatching(said) });
    });
  });

  test('is no value for a constant, and keeps nobody from setting another one', async () => {
    const { data } = await doors.fast_create_task!(treeOf('x'));
    const modify = (value: string) =>
      gantry.post(`/apigw/modify_constants_for_task/${data.task_id}/1/`, { constants: { '${text}': value } });

    expect(await modify("${re.sub('(?<=a)b', '', 'ab')}")).toMatchObject({
      result: false,
      message: expect.stringMatching(/constant \$\{text\}: .* has the look-behind/),
    });
    expect(await modify('${1 + 1}')).toMatchObject({ result: true });
  });

  test('fails its node where it becomes known when the task runs', async () => {
    const tree = treeOf("${re.sub('(?' + text, '', 'ab')}", '1 == 1');
    tree.constants['${text}']!.value = '=a)';

    const { ex_data } = await ran(tree, 'FAILED');

    expect(ex_data).toMatch(/bk_display_message.*the regular expression '\(\?=a\)' has the look-ahead/);
  });
});

/** The detail of the node in a task that runs to this state. */
async function ran(pipeline_tree: PipelineTree, wanted: string): Promise<{ ex_data: string; inputs: unknown }> {
  const { data } = await gantry.post('/apigw/fast_create_task/1/', { name: 'n', pipeline_tree });
  await gantry.post(`/apigw/start_task/${data.task_id}/1/`, {});
  await gantry.until(data.task_id, ({ state }) => state === wanted);
  const { id } = Object.values((data.pipeline_tree as PipelineTree).activities).find(({ name }) => name === 'cut')!;
  return (await gantry.get(`/apigw/get_task_node_detail/${data.task_id}/1/?node_id=${id}`)).data;
}

test('a pattern is matched in a workflow as Python matches it', async () => {
  const tree = treeOf(String.raw`${'$'}{re.findall(r'(?i)\b[а-я主]+\b|\d+', text)}`, '1 == 1');
  tree.constants['${text}']!.value = 'ПРИВЕТ主 ٣x Мир-12';

  const { inputs } = await ran(tree, 'FINISHED');

  expect(inputs).toMatchObject({ bk_display_message: "['ПРИВЕТ主', '٣', 'Мир', '12']" });
});
