import { toJsonText } from '../../db/json';
import type { PipelineTree } from '../../pipeline/tree/types';
import { writeDat } from '../../templates/dat';
import { DEFAULT_SETTINGS } from '../../templates/settings';
import { checkKeptTree } from '../../trees/check';
import type { Answer } from '../support/client';
import { Gantry } from '../support/gantry';
import { changed, ODD_VALUES, type Way } from '../support/odd-values';
import { richTree } from '../support/rich-tree';
import { drawing, shelve } from '../support/templates';
import { sketch } from '../support/trees';

const CRON = { minute: '0' };
const LATER = '2099-01-01 00:00:00';

/** A place in the tree with all fields, and what may not stand there. */
const ODD: [way: Way, values: unknown[]][] = [
  [
    ['constants', '${who}', 'source_tag'],
    [5, true, [], {}],
  ],
  [
    ['constants', '${who}', 'custom_type'],
    [5, ['input'], {}],
  ],
  [
    ['constants', '${who}', 'validation'],
    [5, [], { a: 1 }],
  ],
  [
    ['constants', '${who}', 'is_meta'],
    [1, 'yes', []],
  ],
  [
    ['start_event', 'incoming'],
    [5, null, {}, [5]],
  ],
  [
    ['end_event', 'outgoing'],
    [5, null, {}, [null]],
  ],
  [['location'], [5, 'x', {}, [null], [5]]],
  [
    ['location', '0', 'id'],
    [5, {}, []],
  ],
  [
    ['line', '0', 'source'],
    [null, 'S', 5],
  ],
  [
    ['activities', 'b', 'timeout_config'],
    [5, 'x', []],
  ],
  [
    ['activities', 'b', 'timeout_config', 'action'],
    ['explode', 5, '', {}],
  ],
  [
    ['activities', 'b', 'timeout_config', 'seconds'],
    [0, -1, 1.5, '10', 'x', {}, 1e308],
  ],
  [
    ['activities', 'd', 'timeout_config', 'seconds'],
    [-1, 1.5, '10'],
  ],
  [['activities', 'd', 'timeout_config', 'action'], ['explode']],
  [
    ['activities', 'a', 'auto_retry'],
    [5, []],
  ],
  [
    ['activities', 'a', 'auto_retry', 'times'],
    [1.5, 'x', {}, [], true],
  ],
  [
    ['activities', 'a', 'auto_retry', 'interval'],
    [0.5, 'x', {}],
  ],
  [
    ['activities', 'c', 'loop_config', 'loop_times'],
    [0, -1, '2', 1e308, {}],
  ],
  [
    ['activities', 'c', 'loop_config', 'outputs_key'],
    [5, {}, '__proto__', '${__proto__}'],
  ],
  [
    ['activities', 'a', 'retryable'],
    ['yes', 1, {}],
  ],
  [
    ['activities', 'a', 'executor_proxy'],
    [5, {}, ['alice']],
  ],
  [
    ['activities', 'a', 'template_node_id'],
    [5, {}, []],
  ],
  [
    ['activities', 'a', 'stage_name'],
    [5, {}],
  ],
  [
    ['activities', 'a', 'labels'],
    [5, 'x', [5]],
  ],
  [
    ['activities', 'sub', 'template_id'],
    [true, {}, []],
  ],
  [
    ['activities', 'sub', 'scheme_id_list'],
    [5, 'x', [{}]],
  ],
  [
    ['gateways', 'x', 'extra_info'],
    [5, 'x', []],
  ],
  [
    ['gateways', 'x', 'extra_info', 'parse_lang'],
    ['mako', 5, {}],
  ],
  [
    ['activities', 'a', 'component', 'data', 'bk_display_message', 'need_render'],
    [5, 'no', {}],
  ],
];
const CASES = ODD.flatMap(([way, values]) =>
  values.map((value): [name: string, way: Way, value: unknown] => [
    `${way.join('→')} = ${JSON.stringify(value)}`,
    way,
    value,
  ]),
);

describe('odd types in trees', () => {
  let gantry: Gantry;
  let templateId: number;
  let ownerId: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    ownerId = await shelve(gantry.db, 'shelf', sketch({ chains: ['S a E'] }));
    templateId = ownerId;
  });
  afterAll(() => gantry.stop());

  /** Rows of everything that a door may write. */
  async function countRows(): Promise<string> {
    const tables = [
      'tasks',
      'templates',
      'template_versions',
      'periodic_tasks',
      'clocked_tasks',
      'audit_records',
    ] as const;
    const counts = tables.map(async (table) => {
      const { count } = await gantry.db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow();
      return `${table} ${count}`;
    });
    return (await Promise.all(counts)).join(', ');
  }

  const bundle = (tree: object) => [
    { key: '1', settings: { ...DEFAULT_SETTINGS, name: 'n' }, tree: tree as PipelineTree, schemes: [] },
  ];
  const document = (tree: object) =>
    JSON.stringify({ gantry_templates: 1, templates: [{ key: '1', name: 'n', pipeline_tree: tree }] });
  const importing = (template_data: string, format: string) =>
    gantry.post('/apigw/import_project_template/1/', { template_data, format });
  const nested = (pipeline: object) => ({
    ...sketch({ chains: ['S s E'], activities: { s: { type: 'SubProcess', pipeline: pipeline as PipelineTree } } }),
  });

  const doors: Record<string, (tree: object) => Promise<Answer>> = {
    fast_create_task: (pipeline_tree) => gantry.post('/apigw/fast_create_task/1/', { name: 'n', pipeline_tree }),
    'fast_create_task of a subprocess': (tree) =>
      gantry.post('/apigw/fast_create_task/1/', { name: 'n', pipeline_tree: nested(tree) }),
    create_task: (pipeline_tree) => gantry.post(`/apigw/create_task/${templateId}/1/`, { name: 'n', pipeline_tree }),
    create_template: (pipeline_tree) => gantry.post('/apigw/create_template/1/', { name: 'n', pipeline_tree }),
    'create_template of JSON text': (tree) =>
      gantry.post('/apigw/create_template/1/', { name: 'n', pipeline_tree: JSON.stringify(tree) }),
    'create_template of YAML text': (tree) =>
      gantry.post('/apigw/create_template/1/', { name: 'n', pipeline_tree: JSON.stringify(tree), format: 'yaml' }),
    update_template: (pipeline_tree) => gantry.post(`/apigw/update_template/${templateId}/1/`, { pipeline_tree }),
    'import of JSON': (tree) => importing(document(tree), 'json'),
    'import of YAML': (tree) => importing(document(tree), 'yaml'),
    'import of a .dat': (tree) => importing(writeDat(bundle(tree), { at: new Date(), username: 'admin' }), 'dat'),
  };

  it.each(Object.keys(doors))(
    'are let in by no %s, with the way to the field, and leave nothing behind',
    async (name) => {
      const before = await countRows();
      const wrong: string[] = [];
      for (const [label, way, value] of CASES) {
        const answer = await doors[name]!(changed(richTree(), way, value));
        const path = way.join('→');
        if (answer.result || answer.status >= 500 || !answer.message.includes(path)) {
          wrong.push(`${label}: ${answer.status} ${answer.message}`);
        }
      }

      expect(wrong).toEqual([]);
      expect(await countRows()).toBe(before);
    },
  );

  it.each(Object.keys(doors))('are not seen by %s in the tree as editors send it', async (name) => {
    expect(await doors[name]!(richTree())).toMatchObject({ result: true });
  });

  it.each(Object.keys(doors))('never answer 500 by %s', async (name) => {
    const ways: Way[] = [
      ...ODD.map(([way]) => way),
      ...[
        ['start_event'],
        ['activities'],
        ['activities', 'a'],
        ['activities', 'sub'],
        ['gateways'],
        ['flows'],
        ['outputs'],
      ],
      ...[
        ['constants'],
        ['constants', '${who}'],
        ['constants', '${choice}', 'meta'],
        ['constants', '${words}', 'value'],
      ],
    ];
    const wrong: string[] = [];
    for (const [at, way] of ways.entries()) {
      const odd = ODD_VALUES[(at * 7) % ODD_VALUES.length];
      const answer = await doors[name]!(changed(richTree(), way, odd));
      if (answer.status >= 500) wrong.push(`${way.join('→')}: ${answer.status} ${answer.message}`);
    }

    expect(wrong).toEqual([]);
  });

  describe('in a template of before they were refused', () => {
    const fromTemplate: Record<string, (id: number) => Promise<Answer>> = {
      create_task: (id) => gantry.post(`/apigw/create_task/${id}/1/`, { name: 'n' }),
      create_and_start_task: (id) => gantry.post(`/apigw/create_and_start_task/${id}/1/`, { name: 'n' }),
      preview_task_tree: (id) => gantry.post(`/apigw/preview_task_tree/1/${id}/`, { exclude_task_nodes_id: ['b'] }),
      create_periodic_task: (id) => gantry.post(`/apigw/create_periodic_task/${id}/1/`, { name: 'n', cron: CRON }),
      create_clocked_task: (id) =>
        gantry.post(`/apigw/create_clocked_task/${id}/1/`, { task_name: 'n', plan_start_time: LATER }),
      get_template_info: (id) => gantry.get(`/apigw/get_template_info/${id}/1/?include_constants=1`),
    };
    const READS = ['get_template_info'];

    async function shelveOld(tree: object): Promise<number> {
      const id = await shelve(gantry.db, 'old', drawing({ chains: ['S a E'] }));
      await gantry.db
        .updateTable('template_versions')
        .set({ tree: toJsonText(tree) })
        .where('template_id', '=', id)
        .execute();
      return id;
    }

    it.each(Object.keys(fromTemplate))('make no 500 and nothing half by %s', async (name) => {
      const wrong: string[] = [];
      const canonical = checkKeptTree(richTree(), 1);
      for (const [label, way, value] of CASES) {
        const id = await shelveOld(changed(canonical, way, value));
        const before = await countRows();
        const answer = await fromTemplate[name]!(id);
        if (answer.status >= 500) wrong.push(`${label}: ${answer.status} ${answer.message}`);
        // What is left out or drawn anew is no harm any more.
        if (answer.result || READS.includes(name)) continue;
        if (!answer.message.includes(way.at(-1)!)) wrong.push(`${label}: ${answer.message}`);
        if ((await countRows()) !== before) wrong.push(`${label}: something was written`);
      }

      expect(wrong).toEqual([]);
    });
  });

  it('as values of constants are values, or are refused', async () => {
    const { data } = await gantry.post('/apigw/fast_create_task/1/', { name: 'n', pipeline_tree: richTree() });
    const id = await shelve(gantry.db, 'values', richTree());
    const wrong: string[] = [];
    for (const key of Object.keys(richTree().constants)) {
      for (const value of ODD_VALUES) {
        const constants = { [key]: value };
        const answers = await Promise.all([
          gantry.post(`/apigw/modify_constants_for_task/${data.task_id}/1/`, { constants }),
          gantry.post(`/apigw/create_task/${id}/1/`, { name: 'n', constants, validate_constants: true }),
        ]);
        for (const { status, message } of answers) if (status >= 500) wrong.push(`${key}: ${message}`);
      }
    }

    expect(wrong).toEqual([]);
  });
});
