import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineTree } from '../../pipeline/tree/types';
import type { Answer } from '../support/client';
import { Gantry } from '../support/gantry';
import { richTree } from '../support/rich-tree';
import { sketch } from '../support/trees';
import { behaviourOf, fitted, kept } from '../support/yaml';

const SAMPLE = readFileSync(join(__dirname, '../data/import/template_v1.yaml'), 'utf8');

let gantry: Gantry;
let other: number;

beforeAll(async () => {
  gantry = await Gantry.create();
  other = (await gantry.post('/apigw/create_project/', { name: 'other' })).data.project_id;
});

afterAll(() => gantry.stop());

const scopeOf = (project: number) => (project === 1 ? 'cmdb_biz' : 'project');

async function create(pipeline_tree: unknown, more: object = {}): Promise<number> {
  const answer = await gantry.post('/apigw/create_template/1/', { pipeline_tree, name: 'n', ...more });
  if (!answer.result) throw new Error(answer.message);
  return answer.data.template_id;
}

async function info(id: number | string, query = '', project = 1): Promise<Answer['data']> {
  return (await gantry.get(`/apigw/get_template_info/${id}/${project}/?scope=${scopeOf(project)}&${query}`)).data;
}

async function exported(template_ids: number[]): Promise<{ template_data: string; notes: string[] }> {
  const answer = await gantry.post('/apigw/export_project_template/1/', { template_ids, format: 'bk_sops_yaml' });
  if (!answer.result) throw new Error(answer.message);
  return answer.data;
}

const load = (template_data: string, more: object = {}, project = 1): Promise<Answer> =>
  gantry.post(`/apigw/import_project_template/${project}/`, {
    template_data,
    format: 'yaml',
    scope: scopeOf(project),
    ...more,
  });

const actionsOf = ({ data, message }: Answer): string[] => {
  if (!data) throw new Error(message);
  return data.templates.map((one: Record<string, unknown>) => `${one.template_name} ${one.action} ${one.version}`);
};

const idOf = ({ data }: Answer, name: string): number =>
  Number(Object.keys(data.flows).find((id) => data.flows[id] === name));

function calls(template_id: number | string, more: object = {}): PipelineTree {
  const tree = sketch({
    chains: ['S s E'],
    activities: { s: { type: 'SubProcess' } },
    constants: {
      mine: { value: 'of the parent', source_type: 'component_inputs', source_info: { s: ['${x}'] } },
      said: { source_type: 'component_outputs', source_info: { s: ['${out}'] } },
    },
  });
  Object.assign(tree.activities.s!, { template_id: String(template_id), ...more });
  return tree;
}

describe("bk-sops' YAML", () => {
  it('makes a template, with its name and description where the request has none', async () => {
    const text = SAMPLE.replace('name: waits', 'name: waits\n  description: a second');
    const ask = (more: object) =>
      gantry.post('/apigw/create_template/1/', { pipeline_tree: text, format: 'yaml', ...more });

    const { data } = await ask({});
    expect(data.template_name).toBe('waits');
    expect(await info(data.template_id)).toMatchObject({ name: 'waits', description: 'a second' });
    expect((await ask({ name: 'mine', description: 'other' })).data.template_name).toBe('mine');
    const task = await gantry.post(`/apigw/create_task/${data.template_id}/1/`, { name: 'of yaml' });
    expect(task).toMatchObject({ result: true });
    expect(
      await gantry.post(`/apigw/update_template/${data.template_id}/1/`, { pipeline_tree: text, format: 'yaml' }),
    ).toMatchObject({
      result: true,
      data: { version: 1, changes: null },
    });
  });

  it('makes one template only where one is made', async () => {
    const answer = await gantry.post('/apigw/create_template/1/', {
      pipeline_tree: `${SAMPLE}---\n${SAMPLE.replace('t1', 't2')}`,
      format: 'yaml',
    });

    expect(answer).toMatchObject({
      result: false,
      code: 3540000,
      message: expect.stringContaining('import_project_template takes several'),
    });
  });

  it('may name a template that is there', async () => {
    const inner = await create(
      sketch({
        chains: ['S a E'],
        activities: { a: { inputs: { bk_display_message: '${x}' } } },
        constants: { x: { value: '1' } },
      }),
    );
    const text = SAMPLE.replace(
      / {4}- id: pause[\s\S]*next: \[end\]\n/,
      `    - {id: pause, type: SubProcess, name: s, template_id: ${inner}, data: {"\${x}": {value: given}}}\n`,
    );

    const id = await create(text, { format: 'yaml' });

    const { pipeline_tree } = await info(id, 'unfold_subprocess=1');
    expect(pipeline_tree.activities.pause.pipeline.constants['${x}'].value).toBe('given');
    expect(
      await gantry.post('/apigw/create_template/1/', {
        pipeline_tree: text.replace(`template_id: ${inner}`, 'template_id: 99999'),
        format: 'yaml',
      }),
    ).toMatchObject({ result: false });
  });

  it('is imported, and replaced by what has its id, whatever its name', async () => {
    const first = await load(SAMPLE);
    const second = await load(SAMPLE, { override: true });
    const changed = await load(SAMPLE.replace("'1'", "'2'"), { override: true });
    const renamed = await load(SAMPLE.replace("'1'", "'3'").replace('waits', 'another'), { override: true });
    const other = await load(SAMPLE.replace('id: t1', 'id: t2'), { override: true });

    expect([first, second, changed, renamed, other].map(actionsOf)).toEqual([
      ['waits created 1'],
      ['waits unchanged 1'],
      ['waits updated 2'],
      ['another updated 3'],
      ['waits created 1'],
    ]);
    expect(idOf(changed, 'waits')).toBe(idOf(first, 'waits'));
    expect(idOf(renamed, 'another')).toBe(idOf(first, 'waits'));
  });

  it('is another one by another name where its id is one that every export of bk-sops begins with', async () => {
    const numbered = SAMPLE.replace('id: t1', 'id: template1');

    const answers = [
      await load(numbered, { override: true }),
      await load(numbered.replace('waits', 'of another file'), { override: true }),
      await load(numbered, { override: true }),
    ];

    expect(answers.map(actionsOf)).toEqual([['waits created 1'], ['of another file created 1'], ['waits unchanged 1']]);
  });

  it('replaces what was imported when its name still counted', async () => {
    const text = SAMPLE.replace('id: t1', 'id: old');
    const id = idOf(await load(text), 'waits');
    await gantry.db.updateTable('templates').set({ origin: 'old/waits' }).where('id', '=', id).execute();

    expect(actionsOf(await load(text, { override: true }))).toEqual(['waits unchanged 1']);
  });

  it('never means a template of ours by an id that is one', async () => {
    const id = await create(sketch({ chains: ['S a E'] }), { name: 'ours' });
    const answer = await load(SAMPLE.replace('id: t1', `id: ${id}`), { override: true });

    expect(actionsOf(answer)).toEqual(['waits created 1']);
    expect((await info(id)).name).toBe('ours');
  });

  it('makes no version of an export that nobody changed', async () => {
    const inner = await create(
      sketch({
        chains: ['S g', 'g a c', 'g b c', 'c E'],
        gateways: { g: { type: 'ParallelGateway' }, c: { type: 'ConvergeGateway' } },
        activities: { a: { inputs: { bk_display_message: '${x}' }, optional: true } },
        constants: { x: { value: '1' }, out: { source_type: 'component_outputs', source_info: { a: ['_result'] } } },
        outputs: ['${out}'],
      }),
      { name: 'inside', description: 'it', category: 'OpsTools' },
    );
    const { digest } = await info(inner);
    const given = { '${x}': { key: '${x}', name: 'x', value: '7', show_type: 'show' } };
    const outer = await create(calls(inner, { version: digest, constants: given }), { name: 'outside' });
    const { template_data } = await exported([outer]);

    expect(actionsOf(await load(template_data, { override: true }))).toEqual([
      'outside unchanged 1',
      'inside unchanged 1',
    ]);
    expect((await info(outer)).digest).toBe((await info(outer, 'version=1')).digest);

    const changed = template_data.replace('value: "7"', 'value: "8"');
    expect(changed).not.toBe(template_data);
    expect(actionsOf(await load(changed, { override: true }))).toEqual(['outside updated 2', 'inside unchanged 1']);
  });

  it('goes to another project and does the same there', async () => {
    const inner = await create(
      sketch({
        chains: ['S a b E'],
        activities: { a: { inputs: { bk_display_message: '${x}' }, optional: true }, b: { optional: true } },
        constants: { x: { value: '1' }, out: { source_type: 'component_outputs', source_info: { a: ['_result'] } } },
        outputs: ['${out}'],
      }),
      { name: 'inner', category: 'OpsTools', timeout: 7 },
    );
    await gantry.post(`/apigw/create_template_scheme/1/${inner}/`, { name: 'only a', data: ['a'] });
    const { id: scheme } = await gantry.db
      .selectFrom('template_schemes')
      .select('id')
      .where('template_id', '=', inner)
      .executeTakeFirstOrThrow();
    const { digest } = await info(inner);
    const constants = { '${x}': { key: '${x}', name: 'x', value: '${mine}', show_type: 'show' } };
    const outer = await create(calls(inner, { version: digest, scheme_id_list: [scheme], constants }), {
      name: 'outer',
    });

    const { template_data, notes } = await exported([outer]);
    const answer = await load(template_data, {}, other);

    expect(actionsOf(answer)).toEqual(['outer created 1', 'inner created 1']);
    const [before, after] = await Promise.all([
      info(outer, 'unfold_subprocess=1'),
      info(idOf(answer, 'outer'), 'unfold_subprocess=1', other),
    ]);
    expect(shape(after.pipeline_tree)).toEqual(shape(before.pipeline_tree));
    expect(shape(after.pipeline_tree)).toMatchObject({ activities: [{ nodes: ['a'], x: '${mine}' }] });
    expect(await info(idOf(answer, 'inner'), '', other)).toMatchObject({ category: 'OpsTools', timeout: 7 });
    expect(notes).toEqual([`template ${inner}: bk-sops does not read its category, timeout, schemes`]);
  });

  it('replaces the template that it was exported from, whose nodes keep their ids', async () => {
    const id = await create(richTree(), { name: 'rich' });
    const before = (await info(id)).pipeline_tree as PipelineTree;
    const stored = await storedTree(id);

    const { template_data, notes } = await exported([id]);
    expect(template_data).not.toContain('open sesame');
    expect(notes).toContain(`template ${id}: passwords are left out: \${secret}`);
    const answer = await load(template_data, { override: true });

    expect(actionsOf(answer)[0]).toBe('rich updated 2');
    expect(idOf(answer, 'rich')).toBe(id);
    const after = (await info(id)).pipeline_tree as PipelineTree;
    expect(Object.keys(after.activities).sort()).toEqual(Object.keys(before.activities).sort());
    expect((await storedTree(id)).constants['${secret}']!.value).toEqual(stored.constants['${secret}']!.value);
    const unfolded = (await info(id, 'unfold_subprocess=1')).pipeline_tree;
    const withoutPassword = (tree: PipelineTree) => {
      const { '${secret}': _, ...constants } = tree.constants;
      const { nodes, ...rest } = behaviourOf(fitted(kept({ ...tree, constants })));
      // The tree that the subprocess brought along is a template now, whose nodes have ids of their own.
      return { ...rest, nodes: Object.fromEntries(Object.entries(nodes).filter(([id]) => !id.includes('/'))) };
    };
    expect(withoutPassword(unfolded)).toEqual(withoutPassword(before));
    // The same file once more has nothing new.
    expect(new Set(actionsOf(await load(template_data, { override: true })).map((text) => text.split(' ')[1]))).toEqual(
      new Set(['unchanged']),
    );
  });

  it('changes nothing when flows contain each other, or one of them is wrong', async () => {
    const ring = (id: string, of: string) =>
      `schema_version: v1\nmeta: {id: ${id}, name: ${id}}\nspec:\n  nodes:\n  - {id: s, type: EmptyStartEvent}\n  - {id: p, type: SubProcess, name: p, template_id: ${of}}\n  - {id: e, type: EmptyEndEvent}\n`;
    const count = async () => (await gantry.db.selectFrom('templates').select('id').execute()).length;
    const before = await count();

    const self = await load(ring('a', 'a'));
    const both = await load(`${ring('a', 'b')}---\n${ring('b', 'a')}`);
    const missing = await load(`${SAMPLE}---\n${ring('c', 'd')}`);
    const wrong = await load(
      `${SAMPLE}---\n${SAMPLE.replace('t1', 't2').replace('code: sleep_timer', 'code: no_such_plugin')}`,
    );

    for (const one of [self, both])
      expect(one).toMatchObject({ result: false, message: expect.stringContaining('comes again inside itself') });
    expect(missing).toMatchObject({
      result: false,
      message: expect.stringContaining('refers to template d, which is not there'),
    });
    expect(wrong).toMatchObject({ result: false, message: expect.stringContaining('no_such_plugin') });
    expect(await count()).toBe(before);
  });

  it('cannot say everything: what would do something else is refused', async () => {
    const tree = sketch({
      chains: ['S g', 'g c E', 'g c'],
      gateways: { g: { type: 'ParallelGateway' }, c: { type: 'ConvergeGateway' } },
    });
    tree.flows.second = { id: 'second', source: 'g', target: 'c' };
    delete tree.flows.g_c;
    tree.flows.first = { id: 'first', source: 'g', target: 'c' };
    Object.assign(tree.gateways.g!, { outgoing: ['first', 'second'] });
    Object.assign(tree.gateways.c!, { incoming: ['first', 'second'] });
    const id = await create(tree, { name: 'twice' });

    expect(
      await gantry.post('/apigw/export_project_template/1/', { template_ids: [id], format: 'bk_sops_yaml' }),
    ).toMatchObject({
      result: false,
      message: expect.stringContaining('two ways lead from node g to one node'),
    });
  });
});

async function storedTree(id: number): Promise<PipelineTree> {
  const row = await gantry.db
    .selectFrom('template_versions')
    .select('tree')
    .where('template_id', '=', id)
    .orderBy('version', 'desc')
    .executeTakeFirstOrThrow();
  return row.tree as PipelineTree;
}

/** What an unfolded tree is, without ids. */
function shape(tree: PipelineTree): unknown {
  return {
    activities: Object.values(tree.activities).map((activity) => {
      const inner = (activity as { pipeline?: PipelineTree }).pipeline;
      return inner
        ? {
            name: activity.name,
            nodes: Object.values(inner.activities).map(({ name }) => name),
            x: inner.constants['${x}']?.value,
          }
        : activity.name;
    }),
    constants: Object.values(tree.constants).map(({ key, value, source_type, source_info }) => [
      key,
      value,
      source_type,
      Object.values(source_info ?? {}),
    ]),
    outputs: tree.outputs,
  };
}
