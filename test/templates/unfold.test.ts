import { connect, type Db } from '../../db/connection';
import { ensureDemo } from '../../db/demo';
import { findTemplateTree } from '../../db/templates';
import type { PipelineTree, SubProcess } from '../../pipeline/tree/types';
import { type Unfolding, unfoldTree } from '../../templates/unfold';
import { checkKeptTree } from '../../trees/check';
import { createDatabase } from '../support/database';
import { drawing, reshelve, shelve, shelveScheme } from '../support/templates';
import { sketch } from '../support/trees';

const LEAF = sketch({ chains: ['S a E'], activities: { a: { inputs: { bk_display_message: '${x} ${h}' } } } });

describe('unfolding', () => {
  let db: Db;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const database = await createDatabase();
    await ensureDemo(database.url, { app_code: 'test-app', app_secret: 'secret', username: 'admin' });
    db = connect(database.url);
    drop = database.drop;
  });

  afterAll(async () => {
    await db.destroy();
    await drop();
  });

  /** A tree of one subprocess that says this of its template. */
  const parent = (reference: Record<string, unknown>) =>
    drawing({ chains: ['S sub E'], references: { sub: reference } });

  const unfold = (tree: PipelineTree, unfolding: Unfolding = { projectId: 1 }) =>
    unfoldTree(db, unfolding, checkKeptTree(tree, 1));

  const subOf = (tree: PipelineTree, id = 'sub') => tree.activities[id] as SubProcess;

  it('puts the newest tree in, down to the innermost, and says which', async () => {
    const inner = await shelve(db, 'inner', LEAF);
    const outer = await shelve(db, 'outer', parent({ template_id: inner }));
    const { digest } = (await findTemplateTree(db, 1, outer))!;
    const tree = checkKeptTree(parent({ template_id: String(outer), constants: {} }), 1);

    const unfolded = await unfoldTree(db, { projectId: 1 }, tree);

    expect(subOf(unfolded)).toMatchObject({ original_template_id: String(outer), original_template_version: digest });
    expect(subOf(unfolded)).not.toHaveProperty('constants');
    expect(Object.keys(subOf(subOf(unfolded).pipeline).pipeline.activities)).toEqual(['a']);
    expect(subOf(tree)).not.toHaveProperty('pipeline');
  });

  it('takes the version that the parent names, or the newest if it wants that', async () => {
    const id = await shelve(db, 'changing', LEAF);
    const { digest: old } = (await findTemplateTree(db, 1, id))!;
    await reshelve(db, id, sketch({ chains: ['S fresh E'] }));

    const nodesOf = async (reference: object) =>
      Object.keys(subOf(await unfold(parent({ template_id: id, ...reference }))).pipeline.activities);

    expect(await nodesOf({ version: old })).toEqual(['a']);
    expect(await nodesOf({ version: old, always_use_latest: true })).toEqual(['fresh']);
    expect(await nodesOf({ version: '' })).toEqual(['fresh']);
    await expect(nodesOf({ version: 'nothing' })).rejects.toMatchObject({
      kind: 'refused',
      message: `subprocess sub (sub): template[id=${id}] of version nothing does not exist`,
    });
  });

  it('gives the parent’s values, and drops what nothing refers to save for outputs', async () => {
    const tree = drawing({
      chains: ['S a E'],
      activities: { a: { inputs: { bk_display_message: '${x} ${h} ${later}' } } },
      constants: {
        x: { value: 'mine' },
        h: { value: { datasource: '0', default: 'd' }, show_type: 'hide', is_meta: true, custom_type: 'select' },
        later: { value: 'l', source_info: { a: ['bk_display_message'] } },
        summary: { value: '${part}' },
        part: {},
        unused: {},
      },
      outputs: ['${summary}'],
    });
    const id = await shelve(db, 'with constants', tree);
    const given = {
      '${x}': { value: '${from_parent}', form: { much: 'of it' } },
      '${later}': { value: 'theirs', source_info: { gone: ['y'] } },
      '${unknown}': { key: '${unknown}', value: 'dropped' },
    };

    const { constants } = subOf(await unfold(parent({ template_id: id, constants: given }))).pipeline;

    expect(Object.keys(constants).sort()).toEqual(['${h}', '${later}', '${part}', '${summary}', '${x}']);
    expect(constants['${x}']).toMatchObject({ key: '${x}', value: '${from_parent}', show_type: 'show' });
    expect(constants['${x}']).not.toHaveProperty('form');
    expect(constants['${h}']!.value).toBe('d');
    expect(constants['${later}']).toMatchObject({ value: 'theirs', source_info: { a: ['bk_display_message'] } });
  });

  it('runs the nodes of the chosen schemes', async () => {
    const optional = { optional: true };
    const tree = sketch({ chains: ['S a b c d E'], activities: { a: optional, b: optional, c: optional } });
    const id = await shelve(db, 'schemed', tree);
    const first = await shelveScheme(db, id, 'first', ['a']);
    await shelveScheme(db, id, 'second', ['b']);

    const nodesOf = async (scheme_id_list: unknown) =>
      Object.keys(subOf(await unfold(parent({ template_id: id, scheme_id_list }))).pipeline.activities);

    expect(await nodesOf([first])).toEqual(['a', 'd']);
    expect(await nodesOf([first, `${id}-second`])).toEqual(['a', 'b', 'd']);
    expect(await nodesOf([])).toEqual(['a', 'b', 'c', 'd']);
    await expect(nodesOf([999])).rejects.toMatchObject({
      kind: 'refused',
      message: 'subprocess sub (sub): unknown template_schemes_id: 999',
    });
  });

  it('tells two uses of a template apart', async () => {
    const id = await shelve(db, 'twice', sketch({ ...shownX(), chains: ['S a E'] }));
    const use = (value: string) => ({ template_id: id, constants: { '${x}': { value } } });

    const tree = await unfold(drawing({ chains: ['S one two E'], references: { one: use('1'), two: use('2') } }));

    expect([subOf(tree, 'one'), subOf(tree, 'two')].map(({ pipeline }) => pipeline.constants['${x}']!.value)).toEqual([
      '1',
      '2',
    ]);
  });

  it('lets a subprocess keep the tree that it brings, and unfolds what that names', async () => {
    const id = await shelve(db, 'named from inside', LEAF);

    const tree = await unfold(parent({ template_id: 4711, pipeline: parent({ template_id: id }) }));

    expect(Object.keys(subOf(subOf(tree).pipeline).pipeline.activities)).toEqual(['a']);
  });

  it('knows no template of another project, and in a common one only common ones', async () => {
    const { id: other } = await db
      .insertInto('projects')
      .values({ name: 'other', bk_biz_id: null })
      .returning('id')
      .executeTakeFirstOrThrow();
    const mine = await shelve(db, 'mine', LEAF);
    const theirs = await shelve(db, 'theirs', LEAF, other);
    const common = await shelve(db, 'common', LEAF, null);
    const common_of = { template_id: common, template_source: 'common' };

    await expect(unfold(parent({ template_id: theirs }))).rejects.toMatchObject({ kind: 'refused' });
    await expect(unfold(parent({ template_id: common }))).rejects.toMatchObject({ kind: 'refused' });
    await expect(unfold(parent({ template_id: mine }), { projectId: null })).rejects.toMatchObject({ kind: 'refused' });
    await expect(unfold(parent({ template_id: 2 ** 32 }))).rejects.toMatchObject({ kind: 'refused' });
    expect(subOf(await unfold(parent(common_of))).original_template_id).toBe(String(common));
    expect(subOf(await unfold(parent({ template_id: common }), { projectId: null })).pipeline).toBeDefined();
  });

  it('refuses a circle with the way round', async () => {
    const first = await shelve(db, 'first', LEAF);
    const second = await shelve(db, 'second', parent({ template_id: first }));
    // Behind the back of the rules: saving such a tree is refused.
    await expect(reshelve(db, first, parent({ template_id: second }))).rejects.toThrow('first → second → first');
    await db
      .updateTable('template_versions')
      .set({ tree: JSON.stringify(checkKeptTree(parent({ template_id: second }), 1)) })
      .where('template_id', '=', first)
      .execute();

    await expect(unfold(parent({ template_id: first }))).rejects.toMatchObject({
      kind: 'refused',
      message: 'templates contain each other in a circle: first → second → first',
    });
  });

  it('refuses what is too deep', async () => {
    const first = 1_000_000;
    const ids = Array.from({ length: 205 }, (_, place) => first + place);
    const last = ids.at(-1)!;
    const row = { project_id: 1, version: 1, notify_type: '{}', notify_receivers: '{}', creator: 'a', editor: 'a' };
    await db
      .insertInto('templates')
      .values(ids.map((id) => ({ ...row, id, name: `t${id}` })))
      .execute();
    const versions = ids.map((id) => ({
      template_id: id,
      version: 1,
      digest: `d${id}`,
      tree: JSON.stringify(checkKeptTree(id === last ? LEAF : parent({ template_id: id + 1 }), 1)),
      changes: '{}',
      creator: 'a',
    }));
    await db.insertInto('template_versions').values(versions).execute();

    await expect(unfold(parent({ template_id: first }))).rejects.toMatchObject({
      kind: 'refused',
      message: 'Template recursive number exceeds limit.',
    });
    await unfold(parent({ template_id: first + 10 }));
  });

  it('refuses what grows without bound', async () => {
    const many = (id: number) => {
      const nodes = Array.from({ length: 30 }, (_, place) => `s${place}`);
      const references = Object.fromEntries(nodes.map((node) => [node, { template_id: id }]));
      return drawing({ chains: [`S ${nodes.join(' ')} E`], references });
    };
    const leaf = await shelve(db, 'leaf', sketch({ chains: ['S a b c E'] }));
    const hundreds = await shelve(db, 'hundreds', many(leaf));
    const thousands = await shelve(db, 'thousands', many(hundreds));

    await expect(unfold(many(thousands))).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('more than 20000 activities'),
    });
  });
});

function shownX() {
  return {
    activities: { a: { inputs: { bk_display_message: '${x}' } } },
    constants: { x: { value: 'default' } },
  };
}
