import { NOBODY } from '../../access/rights';
import { connect, type Db } from '../../db/connection';
import { ensureDemo } from '../../db/demo';
import { findTemplateTree } from '../../db/templates';
import type { SubProcess } from '../../pipeline/tree/types';
import { type Choices, instantiate, instantiateTree } from '../../templates/instantiate';
import { createDatabase } from '../support/database';
import { drawing, reshelve, shelve, shelveScheme } from '../support/templates';
import { sketch } from '../support/trees';

const OPTIONAL = { optional: true };

describe('a tree of a template', () => {
  let db: Db;
  let drop: () => Promise<void>;
  let templateId: number;
  let schemeId: number;

  beforeAll(async () => {
    const database = await createDatabase();
    await ensureDemo(database.url, { app_code: 'test-app', app_secret: 'secret', username: 'admin' });
    db = connect(database.url);
    drop = database.drop;
    const tree = sketch({
      chains: ['S a p b v E', 'p c v'],
      gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
      activities: {
        a: { inputs: { bk_display_message: '${who}' } },
        b: { ...OPTIONAL, inputs: { bk_display_message: '${only_b} ${who}' } },
        c: OPTIONAL,
      },
      constants: {
        only_b: { index: 0, value: 'b', validation: '^[a-z]$' },
        who: { index: 1, value: 'world', validation: '^[a-z]+$', custom_type: 'int' },
        hidden: { index: 2, show_type: 'hide' },
      },
    });
    templateId = await shelve(db, 'template', tree);
    schemeId = await shelveScheme(db, templateId, 'only c', ['c']);
  });

  afterAll(async () => {
    await db.destroy();
    await drop();
  });

  const make = (choices: Choices = {}) =>
    instantiate(db, { projectId: 1, templateId, source: 'project', rights: NOBODY, ...choices });

  const nodesOf = async (choices: Choices) => Object.keys((await make(choices)).tree.activities);

  it('is the whole template without choices, with its constants in order', async () => {
    const { template, tree, notReferred } = await make();

    expect(template).toMatchObject({ id: templateId, name: 'template', version: 1 });
    expect(Object.keys(tree.activities)).toEqual(['a', 'b', 'c']);
    expect(Object.keys(tree.constants)).toEqual(['${only_b}', '${who}']);
    expect(Object.keys(notReferred)).toEqual(['${hidden}']);
    expect(tree.gateways.p!.converge_gateway_id).toBe('v');
  });

  it('leaves nodes out, with the block that becomes empty and the constants that only they used', async () => {
    const { tree, notReferred } = await make({ excludeNodeIds: ['b', 'c'] });

    expect(Object.keys(tree.activities)).toEqual(['a']);
    expect(tree.gateways).toEqual({});
    expect(Object.values(tree.constants).map(({ key, index }) => [key, index])).toEqual([['${who}', 0]]);
    expect(Object.keys(notReferred)).toEqual(['${only_b}', '${hidden}']);
    expect(tree.location!.map(({ id }) => id).sort()).toEqual(['E', 'S', 'a']);
  });

  it('takes the nodes of schemes, or those to execute, before those to leave out', async () => {
    expect(await nodesOf({ schemeIds: [schemeId] })).toEqual(['a', 'c']);
    expect(await nodesOf({ schemeIds: [String(schemeId)] })).toEqual(['a', 'c']);
    expect(await nodesOf({ schemeIds: [`${templateId}-only c`], executeNodeIds: ['a'] })).toEqual(['a', 'c']);
    expect(await nodesOf({ executeNodeIds: ['a', 'b'], excludeNodeIds: ['b'] })).toEqual(['a', 'b']);
    expect(await nodesOf({ executeNodeIds: ['a', 'p', 'S'] })).toEqual(['a']);
  });

  it.each<[string, Choices, string, string]>([
    ['an unknown node', { excludeNodeIds: ['x'] }, 'refused', 'task node[id=x] is not in template pipeline tree'],
    ['a node that has to run', { excludeNodeIds: ['a'] }, 'refused', 'task node[id=a] is not optional'],
    ['all but some, and one has to run', { executeNodeIds: ['b'] }, 'refused', 'task node[id=a] is not optional'],
    ['a slip among the nodes', { executeNodeIds: ['a', 'B'] }, 'refused', 'task node[id=B] is not in template'],
    ['an unknown scheme', { schemeIds: ['9-x', 77] }, 'invalid', 'unknown template_schemes_id: 9-x, 77'],
  ])('refuses to leave out %s', async (_, choices, kind, message) => {
    await expect(make(choices)).rejects.toMatchObject({ kind, message: expect.stringContaining(message) });
  });

  it('refuses a scheme that is named twice', async () => {
    const name = `${templateId}-only c`;
    await expect(make({ schemeIds: [schemeId, name] })).rejects.toMatchObject({
      kind: 'invalid',
      message: `duplicate template_schemes_id: ${name}`,
    });
  });

  it('checks what is left, and says without which nodes it cannot run', async () => {
    const id = await shelve(db, 'empties', sketch({ chains: ['S a b E'], activities: { a: OPTIONAL, b: OPTIONAL } }));

    const attempt = instantiate(db, {
      projectId: 1,
      templateId: id,
      source: 'project',
      rights: NOBODY,
      excludeNodeIds: ['a', 'b'],
    });

    await expect(attempt).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^without a, b: .*S/),
      details: [expect.objectContaining({ nodeId: 'S' })],
    });
  });

  it('sets values of what is left and makes types plain on demand', async () => {
    const { tree } = await make({
      excludeNodeIds: ['b'],
      constants: { '${who}': 'you', '${only_b}': 'x', '${nobody}': 1 },
      simplifyVars: ['${who}'],
    });

    expect(tree.constants).toEqual({
      '${who}': expect.objectContaining({ value: 'you', custom_type: 'textarea', source_tag: 'textarea.textarea' }),
    });
  });

  it('checks values against their validation on demand, all at once', async () => {
    const constants = { '${who}': 'You', '${only_b}': '12' };

    await expect(make({ constants, validateConstants: true })).rejects.toMatchObject({
      kind: 'invalid',
      details: [
        { key: '${only_b}', message: 'constant ${only_b}: its value does not match ^[a-z]$' },
        { key: '${who}', message: 'constant ${who}: its value does not match ^[a-z]+$' },
      ],
    });
    expect((await make({ constants })).tree.constants['${who}']!.value).toBe('You');
    // A node that is left out needs no value.
    await make({ constants: { '${only_b}': '12' }, excludeNodeIds: ['b'], validateConstants: true });
  });

  it('refuses values that lead back to themselves', async () => {
    await expect(make({ constants: { '${who}': '${only_b}', '${only_b}': '${who}' } })).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  it('seals passwords, whatever is simplified', async () => {
    process.env.GANTRY_SECRET_KEYS ??= `test:${Buffer.alloc(32, 'test').toString('base64')}`;
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { inputs: { bk_display_message: '${word}' } } },
      constants: { word: { custom_type: 'password', value: 'default', validation: '^open' } },
    });
    const id = await shelve(db, 'with a password', tree);
    const withWord = (word: string) =>
      instantiate(db, {
        projectId: 1,
        templateId: id,
        source: 'project',
        rights: NOBODY,
        constants: { '${word}': word },
        simplifyVars: ['${word}'],
        validateConstants: true,
      });

    const made = await withWord('open sesame');

    expect(made.tree.constants['${word}']!.custom_type).toBe('password');
    expect(JSON.stringify(made.tree)).not.toContain('sesame');
    expect(JSON.stringify((await withWord('sesame')).tree)).not.toContain('sesame');
  });

  it('is of the version that is asked for', async () => {
    const id = await shelve(db, 'versioned', sketch({ chains: ['S a E'] }));
    const { digest } = (await findTemplateTree(db, 1, id))!;
    await reshelve(db, id, sketch({ chains: ['S fresh E'] }));
    const nodes = async (version?: string) => {
      const choice = { projectId: 1, templateId: id, source: 'project' as const, rights: NOBODY };
      return Object.keys((await instantiate(db, version ? { ...choice, version } : choice)).tree.activities);
    };

    expect(await nodes()).toEqual(['fresh']);
    expect(await nodes(digest)).toEqual(['a']);
    await expect(nodes('none')).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('has its subprocesses unfolded, with the values that are set', async () => {
    const inner = sketch({
      chains: ['S a E'],
      activities: { a: { inputs: { bk_display_message: '${x}' } } },
      constants: { x: {} },
    });
    const innerId = await shelve(db, 'inner', inner, null);
    const outer = drawing({
      chains: ['S sub E'],
      references: {
        sub: {
          template_id: innerId,
          template_source: 'common',
          constants: { '${x}': { ...inner.constants['${x}'], value: '${outer}' } },
        },
      },
      constants: { outer: { value: 'o' }, unused: {} },
    });
    const id = await shelve(db, 'outer', outer);

    const { tree } = await instantiate(db, {
      projectId: 1,
      templateId: id,
      source: 'project',
      rights: NOBODY,
      constants: { '${outer}': 'set' },
    });

    expect(Object.values(tree.constants).map(({ key, value }) => [key, value])).toEqual([['${outer}', 'set']]);
    expect((tree.activities.sub as SubProcess).pipeline.constants['${x}']!.value).toBe('${outer}');
  });

  it('can be of a tree that comes in place of the template’s', async () => {
    const choice = { projectId: 1, templateId, source: 'project' as const, rights: NOBODY };

    const { template, tree } = await instantiateTree(
      db,
      choice,
      drawing({
        chains: ['S other sub E'],
        references: { sub: { template_id: templateId } },
      }),
    );

    expect(template.id).toBe(templateId);
    expect(Object.keys(tree.activities)).toEqual(['other', 'sub']);
    expect(Object.keys((tree.activities.sub as SubProcess).pipeline.activities)).toEqual(['a', 'b', 'c']);
    await expect(instantiateTree(db, choice, {})).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('is not there in another project', async () => {
    await expect(
      instantiate(db, { projectId: 2, templateId, source: 'project', rights: NOBODY }),
    ).rejects.toMatchObject({
      kind: 'not_found',
    });
    await expect(instantiate(db, { projectId: 1, templateId, source: 'common', rights: NOBODY })).rejects.toMatchObject(
      {
        kind: 'not_found',
      },
    );
  });
});
