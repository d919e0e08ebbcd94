import type { Json } from '../../../pipeline/json';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { validateTree } from '../../../pipeline/tree/validate';
import { sketch } from '../../support/trees';
import { draw } from './draw';

function withConstants(values: Record<string, Json>, outputs: string[] = []): PipelineTree {
  const constants = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { key, name: 'k', value }]));
  return { ...draw('S>a1 a1>E'), constants, outputs };
}

const found = (values: Record<string, Json>, outputs: string[] = []) =>
  validateTree(withConstants(values, outputs)).problems.map(({ stage, message }) => `${stage}: ${message}`);

describe('constants', () => {
  test.each([
    ['k1', 'key_pattern: invalid key: k1'],
    ['${a-b}', 'key_pattern: invalid key: ${a-b}'],
    ['${_env_x}', 'key_pattern: invalid key: ${_env_x}'],
    ['${_system.x}', 'key_pattern: invalid key: ${_system.x}'],
  ])('refuses the key %s', (key, message) => {
    expect(found({ [key]: '' })).toEqual([message]);
  });

  it('names every key that is wrong, and every output', () => {
    expect(found({ a: '', b: '' }, ['${x', '${unknown}'])).toEqual([
      'key_pattern: invalid key: a',
      'key_pattern: invalid key: b',
      'key_pattern: invalid outputs key: ${x',
    ]);
  });

  it('refuses a key that differs from the one inside', () => {
    const tree = withConstants({ '${a}': '' });
    tree.constants['${a}']!.key = '${b}';

    expect(validateTree(tree).problems[0]?.message).toBe('constants ${a} key property value: ${b} not matched');
  });

  it('reports each circle once, and self references by themselves', () => {
    expect(
      found({ '${a}': '${b}', '${b}': ['${c}'], '${c}': { k: 'x${a}' }, '${d}': '${d}', '${e}': '${d}${a}' }),
    ).toEqual([
      'constants: the value of constant ${d} may not refer to the constant itself',
      'constants: the constants ${a}, ${b}, ${c} refer to each other in a circle',
    ]);
  });

  it('sees circles through expressions', () => {
    expect(found({ '${a}': "${b + 'x'}", '${b}': '${a[0]}' })).toEqual([
      'consistency: the constants ${a}, ${b} refer to each other in a circle',
    ]);
  });

  it('accepts chains, and references to what is no constant', () => {
    expect(found({ '${a}': '${b}${nobody}', '${b}': '${c}', '${c}': null, '${d}': '${b}' })).toEqual([]);
  });

  it('follows a chain of 5,000 constants', () => {
    const chain = Array.from({ length: 5000 }, (_, i): [string, string] => [`\${k${i}}`, `\${k${i + 1}}`]);

    expect(found(Object.fromEntries(chain))).toEqual([]);
    expect(found(Object.fromEntries([...chain, ['${k5000}', '${k0}']]))).toHaveLength(1);
  });
});

describe('what a subprocess is given', () => {
  const inner = (constants: Record<string, object>) => {
    const tree = sketch({ chains: ['S i E'], activities: { i: {} }, constants: constants as never });
    // Ids are unique in a task.
    return JSON.parse(JSON.stringify(tree).replaceAll(/"([SE])"/g, '"n_$1"'));
  };
  const outer = (constants: Record<string, object>, given: Record<string, object>) => {
    const tree = sketch({ chains: ['S n E'], activities: { n: {} }, constants: constants as never });
    const node = { ...tree.activities.n, type: 'SubProcess', component: undefined, pipeline: inner(given) };
    return JSON.parse(JSON.stringify({ ...tree, activities: { n: node } }));
  };
  const messages = (tree: object) => validateTree(tree).problems.map(({ message }) => message);
  const shown = (value: unknown) => ({ value, show_type: 'show' });
  const hidden = (value: unknown) => ({ value, show_type: 'hide' });

  test.each([
    ['of the same name', { a: shown('${a}') }],
    ['with the name in a text', { a: shown('<${a}> ${a + "x"}') }],
    ['of swapped names', { a: shown('${b}'), b: shown('${a}') }],
    ['by the name of a hidden one', { a: shown('${h}'), h: hidden('<${a}>') }],
  ])('may be a constant of its parent %s', (_name, given) => {
    expect(messages(outer({ a: shown('1'), b: shown('2'), h: shown('3') }, given))).toEqual([]);
  });

  test('goes round in a circle where it is the subprocess itself that does', () => {
    expect(messages(outer({ a: shown('1') }, { h: hidden('${h}') }))).toEqual([
      'in subprocess n: the value of constant ${h} may not refer to the constant itself',
    ]);
    expect(messages(outer({ a: shown('${a}') }, { a: shown('${a}') }))).toEqual([
      'the value of constant ${a} may not refer to the constant itself',
    ]);
  });
});
