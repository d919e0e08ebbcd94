import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineTree } from '../../pipeline/tree/types';
import { validateTree } from '../../pipeline/tree/validate';
import { addCaller, addPlainApp } from '../support/callers';
import type { Answer } from '../support/client';
import { Gantry } from '../support/gantry';
import { sketch, type TreeSketch } from '../support/trees';

jest.mock('../../pipeline/tree/validate', () => {
  const actual = jest.requireActual('../../pipeline/tree/validate');
  return { ...actual, validateTree: jest.fn(actual.validateTree) };
});

const LINE: TreeSketch = {
  chains: ['S a b E'],
  activities: { a: { code: 'sleep_timer', inputs: { bk_timing: '${x}' }, optional: true }, b: { optional: true } },
  constants: { x: { value: '1' } },
};
/** As it was, but for one input. */
const OTHER: TreeSketch = { ...LINE, constants: { x: { value: '2' } } };

interface Done {
  key: string;
  template_id: number;
  template_name: string;
  action: string;
  version: number;
}

let gantry: Gantry;
let other: number;

beforeAll(async () => {
  gantry = await Gantry.create();
  await addPlainApp(gantry);
  other = (await gantry.post('/apigw/create_project/', { name: 'other' })).data.project_id;
});

afterAll(() => gantry.stop());

const scopeOf = (project: number) => (project === 1 ? 'cmdb_biz' : 'project');

async function create(tree: PipelineTree = sketch(LINE), more: object = {}): Promise<number> {
  const answer = await gantry.post('/apigw/create_template/1/', { pipeline_tree: tree, name: 'n', ...more });
  if (!answer.result) throw new Error(answer.message);
  return answer.data.template_id;
}

async function info(id: number | string, query = '', project = 1): Promise<Answer['data']> {
  return (await gantry.get(`/apigw/get_template_info/${id}/${project}/?scope=${scopeOf(project)}&${query}`)).data;
}

async function exported(ids: number[], format: string, source = 'project'): Promise<string> {
  const body = { template_ids: ids, format, template_source: source };
  const answer = await gantry.post('/apigw/export_project_template/1/', body);
  if (!answer.result) throw new Error(answer.message);
  return answer.data.template_data;
}

const load = (template_data: string, format: string, more: object = {}, project = 1): Promise<Answer> =>
  gantry.post(`/apigw/import_project_template/${project}/`, {
    template_data,
    format,
    override: true,
    scope: scopeOf(project),
    ...more,
  });

const actionsOf = ({ data, message }: Answer): string[] => {
  if (!data) throw new Error(message);
  return data.templates.map(({ template_name, action, version }: Done) => `${template_name} ${action} ${version}`);
};

function calls(template_id: number | string, more: object = {}): PipelineTree {
  const tree = sketch({ chains: ['S s E'], activities: { s: { type: 'SubProcess' } } });
  Object.assign(tree.activities.s!, { template_id: String(template_id), ...more });
  return tree;
}

/** Changes the JSON of an export. */
function edited(text: string, change: (file: { source?: string; templates: Record<string, never>[] }) => void): string {
  const file = JSON.parse(text);
  change(file);
  return JSON.stringify(file);
}

describe('an import that overrides', () => {
  it.each(['dat', 'json', 'yaml'])(
    'leaves a template as it is whose file says nothing new, by way of %s',
    async (format) => {
      const id = await create(sketch(LINE), { name: `same ${format}`, description: 'what for', category: 'OpsTools' });
      await gantry.post(`/apigw/create_template_scheme/1/${id}/`, { name: 'all', data: ['a'] });
      const before = await info(id, 'include_notify=1');
      const schemes = await gantry.get(`/apigw/get_template_schemes/1/${id}/`);

      const answer = await load(await exported([id], format), format);

      expect(answer).toMatchObject({
        result: true,
        message: 'Successfully imported 1 flows',
        data: {
          count: 1,
          flows: { [id]: `same ${format}` },
          templates: [
            { key: String(id), template_id: id, template_name: `same ${format}`, action: 'unchanged', version: 1 },
          ],
        },
      });
      expect(await info(id, 'include_notify=1')).toEqual(before);
      expect((await gantry.get(`/apigw/get_template_schemes/1/${id}/`)).data).toEqual(schemes.data);
    },
  );

  it.each(['dat', 'json', 'yaml'])('gives back what a template was, as a new version, by way of %s', async (format) => {
    const id = await create(sketch(LINE), { name: 'first', timeout: 5 });
    const label = (await gantry.post('/apigw/create_label/1/', { name: `label ${format}` })).data.id;
    await gantry.post(`/apigw/update_template/${id}/1/`, { template_labels: [label] });
    const file = await exported([id], format);
    const first = (await info(id)).digest;
    const changed = { pipeline_tree: sketch(OTHER), name: 'second', timeout: 6 };
    await gantry.post(`/apigw/update_template/${id}/1/`, changed);

    expect(actionsOf(await load(file, format))).toEqual(['first updated 3']);

    expect(await info(id, 'include_labels=1')).toMatchObject({
      id,
      name: 'first',
      timeout: 5,
      version: 3,
      digest: first,
      labels: [{ id: label }],
      pipeline_tree: { constants: { '${x}': { value: '1' } } },
    });
    const versions = (await gantry.get(`/apigw/get_template_versions/${id}/1/`)).data;
    expect(versions).toHaveLength(3);
  });

  it('replaces common templates, also when the file changes nothing but a setting', async () => {
    const file = await exported([await create(sketch(LINE), { name: 'common' })], 'json');
    const imported = await gantry.post('/apigw/import_common_template/', { template_data: file, format: 'json' });
    const id = Number(Object.keys(imported.data.flows)[0]);
    expect(actionsOf(imported)).toEqual(['common created 1']);
    const own = await exported([id], 'json', 'common');
    const again = (template_data: string) =>
      gantry.post('/apigw/import_common_template/', { template_data, format: 'json', override: true });

    expect((await again(own)).data.templates).toMatchObject([{ template_id: id, action: 'unchanged' }]);
    const renamed = edited(own, ({ templates }) => Object.assign(templates[0]!, { name: 'renamed' }));
    expect((await again(renamed)).data.templates).toMatchObject([{ template_id: id, action: 'updated', version: 1 }]);
    // The file that it first came from means it, too.
    expect((await again(file)).data.templates).toMatchObject([{ template_id: id, template_name: 'common' }]);
    const list = (await gantry.get('/apigw/get_common_template_list/')).data;
    expect(list).toHaveLength(1);
  });

  it('knows the templates of a file of bk-sops again', async () => {
    const cases = join(__dirname, '../data/import/dat_of_bk_sops.json');
    const { template_data } = JSON.parse(readFileSync(cases, 'utf8'));

    const first = await load(template_data, 'dat');
    const second = await load(template_data, 'dat');
    const third = await load(template_data, 'dat', { override: false });

    expect([first, second, third].map(actionsOf)).toEqual([
      ['waits created 1'],
      ['waits unchanged 1'],
      ['waits created 1'],
    ]);
    expect(second.data.flows).toEqual(first.data.flows);
    expect(await load(template_data, 'dat')).toMatchObject({
      result: false,
      code: 3599999,
      message: expect.stringContaining('"waits" was imported several times, as templates'),
    });
  });

  it('lets subprocesses follow', async () => {
    const inner = await create(sketch(LINE), { name: 'inner' });
    await gantry.post(`/apigw/create_template_scheme/1/${inner}/`, { name: 'all', data: ['a'] });
    const scheme = (
      await gantry.db
        .selectFrom('template_schemes')
        .select('id')
        .where('template_id', '=', inner)
        .executeTakeFirstOrThrow()
    ).id;
    const { digest } = await info(inner);
    const given = { '${x}': { key: '${x}', name: 'x', value: '7', source_info: { a: ['bk_timing'] } } };
    const tied = await create(calls(inner, { version: digest, scheme_id_list: [scheme], constants: given }), {
      name: 'tied',
    });
    const loose = await create(calls(inner), { name: 'loose' });
    const latest = await create(calls(inner, { version: digest, always_use_latest: true }), { name: 'latest' });
    const file = await exported([tied, loose, latest], 'json');

    expect(actionsOf(await load(file, 'json')).sort()).toEqual([
      'inner unchanged 1',
      'latest unchanged 1',
      'loose unchanged 1',
      'tied unchanged 1',
    ]);

    const changed = edited(file, ({ templates }) => {
      const of = templates.find((one) => one.name === 'inner')!;
      Object.assign(of, { pipeline_tree: sketch({ ...OTHER, chains: ['S a b c E'] }) });
      Object.assign(of, {
        schemes: [
          { id: scheme, name: 'all', node_ids: ['b'] },
          { name: 'more', node_ids: ['a'] },
        ],
      });
    });
    expect(actionsOf(await load(changed, 'json')).sort()).toEqual([
      'inner updated 2',
      'latest unchanged 1',
      'loose unchanged 1',
      'tied updated 2',
    ]);
    const newInner = await info(inner);
    expect(Object.keys(newInner.pipeline_tree.activities)).toEqual([
      'a',
      'b',
      expect.stringMatching(/^n[0-9a-f]{31}$/),
    ]);
    expect((await info(tied)).pipeline_tree.activities.s).toMatchObject({
      template_id: String(inner),
      version: newInner.digest,
      scheme_id_list: [scheme],
      constants: { '${x}': { source_info: { a: ['bk_timing'] } } },
    });
    expect((await gantry.get(`/apigw/get_template_schemes/1/${inner}/`)).data).toMatchObject([
      { name: 'all', data: '["b"]' },
      { name: 'more', data: '["a"]' },
    ]);
    // The same file again: what was new has the ids that it was given.
    expect(new Set(actionsOf(await load(changed, 'json')).map((text) => text.split(' ')[1]))).toEqual(
      new Set(['unchanged']),
    );
  });

  it('puts nothing into the past: an older version is the one that is there', async () => {
    const inner = await create(sketch(LINE), { name: 'older' });
    const { digest } = await info(inner);
    const outer = await create(calls(inner, { version: digest }), { name: 'tied to it' });
    await gantry.post(`/apigw/update_template/${inner}/1/`, { pipeline_tree: sketch(OTHER) });
    const file = await exported([outer], 'json');

    expect(actionsOf(await load(file, 'json'))).toEqual(['tied to it unchanged 1', 'older unchanged 1']);
    expect((await info(inner)).version).toBe(2);

    const changed = edited(file, ({ templates }) =>
      Object.assign(templates[1]!, { pipeline_tree: sketch({ chains: ['S z E'] }) }),
    );
    expect(actionsOf(await load(changed, 'json'))).toEqual(['tied to it updated 2', 'older created 1']);
    expect((await info(inner)).version).toBe(2);
  });

  it('keeps passwords, which no file has', async () => {
    const password = { custom_type: 'password', value: 'pa55word-of-mine' };
    const tree = { ...LINE, constants: { x: { value: '1' }, secret: password } };
    const id = await create(sketch(tree), { name: 'with a secret' });
    const kept = async () =>
      (
        await gantry.db
          .selectFrom('template_versions')
          .select('tree')
          .where('template_id', '=', id)
          .orderBy('version', 'desc')
          .executeTakeFirstOrThrow()
      ).tree as PipelineTree;
    const before = (await kept()).constants['${secret}']!.value;
    const file = await exported([id], 'json');
    expect(file).not.toContain('pa55word');

    expect(actionsOf(await load(file, 'json'))).toEqual(['with a secret unchanged 1']);
    const changed = file.replace('"value": "1"', '"value": "3"');
    expect(actionsOf(await load(changed, 'json'))).toEqual(['with a secret updated 2']);
    expect((await kept()).constants['${secret}']!.value).toBe(before);
    expect(before).not.toBe('');
  });

  it('takes no template of another project, and none of another installation for its own', async () => {
    const id = await create(sketch(LINE), { name: 'mine' });
    const file = await exported([id], 'json');
    const foreign = edited(file, (content) => Object.assign(content, { source: 'elsewhere' }));

    const elsewhere = await load(file, 'json', {}, other);
    const fromElsewhere = await load(foreign, 'json');

    expect([actionsOf(elsewhere), actionsOf(fromElsewhere)]).toEqual([['mine created 1'], ['mine created 1']]);
    expect((await info(id)).version).toBe(1);
    const again = [await load(file, 'json', {}, other), await load(foreign, 'json')];
    expect(again.map(actionsOf)).toEqual([['mine unchanged 1'], ['mine unchanged 1']]);
    expect(again.map(({ data }) => data.flows)).toEqual([elsewhere.data.flows, fromElsewhere.data.flows]);
  });

  it('makes one that has been deleted anew', async () => {
    const id = await create(sketch(LINE), { name: 'gone' });
    const file = await exported([id], 'json');
    await gantry.post(`/apigw/delete_template/${id}/1/`);

    const answer = await load(file, 'json');

    expect(actionsOf(answer)).toEqual(['gone created 1']);
    expect(Object.keys(answer.data.flows)).not.toContain(String(id));
  });

  it('leaves settings alone that the file does not have', async () => {
    const id = await create(sketch(LINE), { name: 'set', description: 'stays', timeout: 44 });
    const bare = { gantry_templates: 1, templates: [{ key: id, name: 'set', pipeline_tree: sketch(LINE) }] };

    expect(actionsOf(await load(JSON.stringify(bare), 'json'))).toEqual(['set unchanged 1']);
    expect(await info(id)).toMatchObject({ description: 'stays', timeout: 44 });
  });

  it('changes nothing when one of the templates is wrong', async () => {
    const [one, two] = [await create(sketch(LINE), { name: 'one' }), await create(sketch(LINE), { name: 'two' })];
    const file = await exported([one, two], 'json');
    const tree = (of: unknown) => (content: { templates: Record<string, never>[] }) => {
      Object.assign(content.templates[0]!, { pipeline_tree: sketch(OTHER) });
      Object.assign(content.templates[1]!, of);
    };
    const wrong: [object, string][] = [
      [{ pipeline_tree: sketch({ chains: ['S a E'], activities: { a: { name: '' } } }) }, 'template "two": '],
      [{ pipeline_tree: calls(99999) }, 'template "two": its subprocess s refers to template 99999'],
      [{ name: '<>' }, 'has no name'],
      [{ key: String(one) }, 'is used twice'],
      [
        {
          schemes: [
            { name: 'x', node_ids: [] },
            { name: 'x', node_ids: [] },
          ],
        },
        'two schemes of the name x',
      ],
      [{ key: 'x'.repeat(256) }, 'its key is no text'],
    ];

    for (const [change, message] of wrong) {
      const answer = await load(edited(file, tree(change)), 'json');
      expect(answer).toMatchObject({ result: false, code: 3599999, message: expect.stringContaining(message) });
    }
    expect([(await info(one)).version, (await info(two)).version]).toEqual([1, 1]);
  });

  it('refuses templates that would come to contain each other', async () => {
    const inner = await create(sketch(LINE), { name: 'ring inner' });
    const { digest } = await info(inner);
    const outer = await create(calls(inner, { version: digest }), { name: 'ring outer' });
    const file = edited(await exported([outer, inner], 'json'), ({ templates }) => {
      const at = templates.findIndex(({ key }) => key === String(inner));
      Object.assign(templates[at]!, { pipeline_tree: calls(outer) });
    });

    expect(await load(file, 'json')).toMatchObject({
      result: false,
      message: expect.stringContaining('comes again inside itself'),
    });
  });

  it('is for trusted apps only', async () => {
    const editor = await addCaller(gantry, 'edna', 'editor');
    const id = await create();
    const body = { template_data: await exported([id], 'json'), format: 'json', override: true };

    expect(await gantry.post('/apigw/import_project_template/1/', body, editor)).toMatchObject({ status: 403 });
    expect(await gantry.post('/apigw/import_common_template/', body, editor)).toMatchObject({ status: 403 });
  });

  it('replaces one template at a time when two imports come at once', async () => {
    const id = await create(sketch(LINE), { name: 'at once' });
    const file = await exported([id], 'json');
    const files = ['3', '4', '5'].map((value) => file.replace('"value": "1"', `"value": "${value}"`));

    const answers = await Promise.all(files.map((one) => load(one, 'json')));

    expect(answers.map(({ data }) => data.templates[0].version).sort()).toEqual([2, 3, 4]);
  });
});

describe('an import of many templates that refer to one another', () => {
  /** Layers of templates, each of which refers to some of the next layer. */
  const layers = (name: string, { depth, width, fan }: { depth: number; width: number; fan: number }) =>
    Array.from({ length: depth * width }, (_, at) => {
      const layer = Math.floor(at / width);
      const keys = Array.from({ length: fan }, (_, more) => `${name}${(layer + 1) * width + ((at + more) % width)}`);
      const isLast = layer === depth - 1;
      const activities = Object.fromEntries(
        keys.map((template_id, index) => [`s${index}`, { type: 'SubProcess' as const, template_id }]),
      );
      const tree = isLast ? sketch(LINE) : sketch({ chains: [`S ${Object.keys(activities).join(' ')} E`], activities });
      return { key: `${name}${at}`, name: `${name}${at}`, pipeline_tree: tree };
    });
  const file = (templates: object[]) => JSON.stringify({ gantry_templates: 1, source: 'many', templates });

  it('looks at no activity more often than the trees of the file have it, but for those that name it', async () => {
    const templates = layers('l', { depth: 6, width: 4, fan: 5 });
    const validated = jest.mocked(validateTree);
    validated.mockClear();
    const activitiesIn = (tree: PipelineTree): number =>
      Object.values(tree.activities).reduce(
        (count, one) => count + 1 + ('pipeline' in one && one.pipeline ? activitiesIn(one.pipeline) : 0),
        0,
      );

    const answer = await load(file(templates), 'json');

    expect(new Set(actionsOf(answer).map((text) => text.split(' ')[1]))).toEqual(new Set(['created']));
    const seen = validated.mock.calls.reduce((count, [tree]) => count + activitiesIn(tree as PipelineTree), 0);
    // The trees once, and each but those of the last layer with five others in it; unfolded they have over 60,000.
    expect(seen).toBe(4 * 2 + 20 * 5 + (16 * (5 + 5 * 5) + 4 * (5 + 5 * 2)));
  });

  it('refuses what comes to more than can be unfolded, or what tasks could not be made of', async () => {
    const large = layers('x', { depth: 8, width: 6, fan: 5 });
    const shown = { ...LINE, activities: { a: { inputs: { bk_display_message: '${y}' } } } };
    const constants = { x: { value: '1' }, y: { value: '${x}', show_type: 'hide' as const } };
    const inner = { key: 'i', name: 'i', pipeline_tree: sketch({ ...shown, constants }) };
    const given = { '${x}': { key: '${x}', name: 'x', value: '${y}', show_type: 'hide' } };
    const outer = { key: 'o', name: 'o', pipeline_tree: calls('i', { constants: given }) };

    expect(await load(file(large), 'json')).toMatchObject({
      result: false,
      message: expect.stringContaining('the unfolded tree has more than 20000 activities'),
    });
    expect((await load(file([outer, inner]), 'json')).message).toContain(
      'the constants ${x}, ${y} refer to each other in a circle',
    );
  });
});
