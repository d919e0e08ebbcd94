import { pruneConstants } from '../../../pipeline/tree/prune';
import type { SubProcess } from '../../../pipeline/tree/types';
import { sketch } from '../../support/trees';

describe('pruning constants', () => {
  it('keeps what inputs, conditions and constants refer to, and says what it drops', () => {
    const tree = sketch({
      chains: ['S x a E', 'x b E'],
      gateways: {
        x: { type: 'ExclusiveGateway', conditions: { x_a: { evaluate: '${c} == 1' }, x_b: { evaluate: '1 == 1' } } },
      },
      activities: { a: { inputs: { one: { deep: ['${len(direct)}'] } } } },
      constants: {
        unused: { index: 0 },
        direct: { index: 3, value: '${indirect}' },
        c: { index: 2 },
        indirect: { index: 1 },
        only_by_unused: { index: 4 },
      },
    });
    tree.constants['${unused}']!.value = '${only_by_unused}';

    const { tree: left, notReferred } = pruneConstants(tree);

    expect(Object.values(left.constants).map(({ key, index }) => [key, index])).toEqual([
      ['${indirect}', 0],
      ['${c}', 1],
      ['${direct}', 2],
    ]);
    expect(Object.keys(notReferred)).toEqual(['${unused}', '${only_by_unused}']);
  });

  it('counts bare names in conditions of the expression language, and keys that are no names', () => {
    const tree = sketch({
      chains: ['S x a E', 'x b E'],
      gateways: {
        x: {
          type: 'ExclusiveGateway',
          extra_info: { parse_lang: 'expr' },
          conditions: { x_a: { evaluate: 'bare > 1' }, x_b: { evaluate: '(' } },
        },
      },
      activities: { a: { inputs: { text: 'v${1st}' } } },
      constants: { bare: {}, '1st': {} },
    });

    expect(Object.keys(pruneConstants(tree).tree.constants)).toEqual(['${bare}', '${1st}']);
  });

  it('keeps outputs of nodes without those that are gone', () => {
    const tree = sketch({
      chains: ['S a E'],
      constants: {
        said: { source_type: 'component_outputs', source_info: { gone: ['x'], a: ['y'] } },
        summary: { value: '${part}' },
        part: {},
      },
      outputs: ['${said}', '${summary}', '${nobody}'],
    });

    const { tree: left, notReferred } = pruneConstants(tree, { excluded: ['gone'] });

    expect(left.constants['${said}']!.source_info).toEqual({ a: ['y'] });
    expect(left.outputs).toEqual(['${said}']);
    expect(Object.keys(notReferred)).toEqual(['${summary}', '${part}']);
  });

  it('keeps declared outputs and what they are made of when asked to', () => {
    const tree = sketch({
      chains: ['S a E'],
      constants: { summary: { value: '${part}' }, part: {} },
      outputs: ['${summary}'],
    });

    const { tree: left } = pruneConstants(tree, { keepOutputs: true });

    expect(Object.keys(left.constants)).toEqual(['${summary}', '${part}']);
    expect(left.outputs).toEqual(['${summary}']);
  });

  it('counts what shown constants of a subprocess are given, folded or not', () => {
    const given = (value: string, show_type: 'show' | 'hide') => ({ key: '${x}', show_type, value });
    const inner = sketch({ chains: ['S a E'], constants: { y: { value: '${inside}' } } });
    const tree = sketch({ chains: ['S a E'], constants: { shown: {}, hidden: {}, inside: {} } });
    const sub: Partial<SubProcess> = {
      type: 'SubProcess',
      constants: { '${x}': given('${shown}', 'show'), '${h}': given('${hidden}', 'hide') },
      pipeline: inner,
    };
    Object.assign(tree.activities.a!, sub);

    expect(Object.keys(pruneConstants(tree).tree.constants)).toEqual(['${shown}', '${inside}']);
  });
});
