import type { PipelineTree } from '../../pipeline/tree/types';
import { addCaller, addPlainApp } from '../support/callers';
import type { Answer } from '../support/client';
import { Gantry } from '../support/gantry';
import { drawing, shelve } from '../support/templates';
import { sketch } from '../support/trees';

const READS = ['${db_password}', 'x ${db_password[::-1]}', '${lead}', '${made}', ['${[c for c in db_password]}']];

describe('values that refer to passwords of a template', () => {
  let gantry: Gantry;
  let template: number;
  let operator: Record<string, string>;
  let editor: Record<string, string>;

  const tree = sketch({
    chains: ['S a b E'],
    activities: {
      a: { code: 'bk_http_request', inputs: { bk_http_request_url: 'none', bk_http_request_body: '${db_password}' } },
      b: { inputs: { bk_display_message: '${x} ${made} ${lead} ${shown}' } },
    },
    constants: {
      x: { value: 'plain' },
      shown: { value: 'as ${db_password}' },
      db_password: { custom_type: 'password', value: 'of the editor', show_type: 'hide' },
      lead: { value: 'Bearer ${db_password}', show_type: 'hide' },
      made: { source_type: 'component_outputs', source_info: { a: ['data'] } },
    },
  });

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
    await addPlainApp(gantry);
    operator = await addCaller(gantry, 'olga', 'operator');
    editor = await addCaller(gantry, 'edda', 'editor');
    template = await shelve(gantry.db, 'with a password', tree);
  });

  afterAll(() => gantry.stop());

  type Door = (value: unknown, headers: Record<string, string>) => Promise<Answer>;

  const post = (name: string, path: (string | number)[], body: unknown, headers: Record<string, string>) =>
    gantry.post(`/apigw/${name}/${path.map((id) => `${id}/`).join('')}`, body, headers);

  async function create(body: object = {}): Promise<{ task_id: number; pipeline_tree: PipelineTree }> {
    return (await post('create_task', [template, 1], { name: 'made', ...body }, operator)).data;
  }

  const DOORS: Record<string, Door> = {
    create_task: (value, headers) =>
      post('create_task', [template, 1], { name: 'x', constants: { '${x}': value } }, headers),
    'create_task, simplified': (value, headers) => {
      const constants = { '${x}': value };
      return post('create_task', [template, 1], { name: 'x', constants, simplify_vars: ['${x}'] }, headers);
    },
    create_and_start_task: (value, headers) =>
      post('create_and_start_task', [template, 1], { name: 'x', constants: { '${x}': value } }, headers),
    modify_constants_for_task: async (value, headers) =>
      post('modify_constants_for_task', [(await create()).task_id, 1], { constants: { '${x}': value } }, headers),
    'modify_constants_for_task, once it has failed': async (value, headers) => {
      const { task_id } = await create();
      await gantry.start(task_id);
      await gantry.untilState(task_id, 'FAILED');
      return post('modify_constants_for_task', [task_id, 1], { constants: { '${x}': value } }, headers);
    },
    claim_functionalization_task: async (value, headers) => {
      const { task_id } = await create({ flow_type: 'common_func' });
      return post('claim_functionalization_task', [task_id, 1], { constants: { '${x}': value } }, headers);
    },
    operate_node: async (value, headers) => {
      const { task_id, pipeline_tree } = await create();
      await gantry.start(task_id);
      await gantry.untilState(task_id, 'FAILED');
      const [node_id] = Object.keys(pipeline_tree.activities);
      const inputs = { bk_http_request_url: value, bk_http_request_body: '******' };
      return post('operate_node', [1, task_id], { node_id, action: 'retry', inputs }, headers);
    },
  };

  it.each(Object.entries(DOORS))('are refused below editor by %s', async (_name, door) => {
    for (const value of READS) {
      const answer = await door(value, operator);

      expect(answer.result).toBe(false);
      expect(answer.message).toMatch(/(constants\.\$\{x\}|inputs\.bk_http_request_url)(\.0)?: it refers to a password/);
    }
    expect(await door('plain ${_system.task_name}', operator)).toMatchObject({ result: true });
    expect(await door(READS[0], editor)).toMatchObject({ result: true });
  });

  it('may be sent back as they are in the template, to the same constant', async () => {
    const constants = { '${shown}': 'as ${db_password}', '${x}': 'y' };
    const { data, result } = await post('create_task', [template, 1], { name: 'x', constants }, operator);
    expect(result).toBe(true);
    expect(await post('modify_constants_for_task', [data.task_id, 1], { constants }, operator)).toMatchObject({
      result: true,
    });

    const moved = { '${x}': 'as ${db_password}' };
    expect(await post('create_task', [template, 1], { name: 'x', constants: moved }, operator)).toMatchObject({
      result: false,
    });
  });

  it('are refused below editor in a tree that is built around the template', async () => {
    const around = (given: object, source?: string) =>
      drawing({
        chains: ['S sub E'],
        references: { sub: { template_id: String(template), constants: given } },
        constants: {
          ...(source ? { out: { source_type: 'component_outputs', source_info: { sub: [source] } } } : {}),
          db_password: { custom_type: 'password', value: 'of my own' },
        },
      });
    const send = (pipeline_tree: PipelineTree, headers: Record<string, string>) =>
      Promise.all([
        post('fast_create_task', [1], { name: 'x', pipeline_tree }, headers),
        post('create_task', [template, 1], { name: 'x', pipeline_tree }, headers),
      ]);
    const x = tree.constants['${x}']!;
    const reading = [
      around({ '${x}': { ...x, show_type: 'hide', value: '${db_password}' } }),
      around({}, '${db_password}'),
      around({}, '${lead}'),
    ];

    for (const one of reading) {
      for (const answer of await send(one, operator)) {
        expect(answer).toMatchObject({ result: false, message: expect.stringContaining('refers to a password') });
      }
    }
    // What is shown is rendered with the sender's own variables.
    const own = around({ '${x}': { ...x, value: '${db_password}' } }, '${x}');
    for (const answer of await send(own, operator)) expect(answer).toMatchObject({ result: true });
    for (const answer of await send(reading[0]!, editor)) expect(answer).toMatchObject({ result: true });
  });
});
