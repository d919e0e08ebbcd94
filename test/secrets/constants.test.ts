import { MASK } from '../../base/sealed-text';
import type { Json } from '../../pipeline/json';
import type { PipelineTree } from '../../pipeline/tree/types';
import { sealConstants, sealTree, withoutSecrets } from '../../secrets/constants';
import { sealInputs } from '../../secrets/inputs';
import { isToken, replaceTokens } from '../../secrets/token';
import { sketch } from '../support/trees';

const PLACE = 7;
const open = (value: unknown) => JSON.parse(replaceTokens(JSON.stringify(value), { place: PLACE }, (secret) => secret));

function passwords(values: Record<string, Json>): PipelineTree {
  const constants = Object.entries(values).map(([name, value]) => [name, { custom_type: 'password', value }]);
  return sketch({ chains: ['S a E'], constants: Object.fromEntries(constants) });
}

function valuesOf(tree: PipelineTree): Record<string, Json | undefined> {
  return Object.fromEntries(Object.entries(tree.constants).map(([key, { value }]) => [key, value]));
}

describe('password variables of a tree', () => {
  beforeAll(() => {
    process.env.GANTRY_SECRET_KEYS = `test:${Buffer.alloc(32, 'test').toString('base64')}`;
  });

  it('are sealed in every form that clients send, and nothing else is', () => {
    const tree = passwords({
      text: 'a $${b} c',
      number: 1234,
      struct: { type: 'password_value', tag: 'value', value: 'inner' },
      empty: '',
      reference: '${text}',
    });
    tree.constants['${plain}'] = { key: '${plain}', value: 'not secret' };

    sealTree(tree, PLACE);

    const values = valuesOf(tree);
    expect(isToken(values['${text}'] as string)).toBe(true);
    expect(JSON.stringify(values)).not.toMatch(/inner|1234|\$\{b\}/);
    expect(values).toMatchObject({ '${empty}': '', '${reference}': '${text}', '${plain}': 'not secret' });
    expect(open(values)).toMatchObject({
      '${text}': 'a $${b} c',
      '${number}': '1234',
      '${struct}': { type: 'password_value', tag: 'value', value: 'inner' },
    });
  });

  it('stay as they are when they are sealed, come back masked, or are the same again', () => {
    const old = passwords({ kept: 'one', same: 'two', other: 'three' });
    sealTree(old, PLACE);
    const again = structuredClone(old);
    sealTree(again, PLACE);
    expect(valuesOf(again)).toEqual(valuesOf(old));

    const sent = passwords({ kept: MASK, same: 'two', other: 'four' });
    sealTree(sent, PLACE, old);

    expect(sent.constants['${kept}']).toEqual(old.constants['${kept}']);
    expect(sent.constants['${same}']).toEqual(old.constants['${same}']);
    expect(open(valuesOf(sent))['${other}']).toBe('four');
  });

  it('of subprocesses may be references to those around them', () => {
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { type: 'SubProcess', pipeline: passwords({ inner: '${outer}', own: 'mine' }) } },
      constants: { outer: { custom_type: 'password', value: 'theirs' } },
    });

    sealTree(tree, PLACE);

    const { pipeline } = tree.activities.a as { pipeline: PipelineTree };
    expect(valuesOf(pipeline)['${inner}']).toBe('${outer}');
    expect(isToken(valuesOf(pipeline)['${own}'] as string)).toBe(true);
    const masked = structuredClone(tree);
    (masked.activities.a as { pipeline: PipelineTree }).pipeline.constants['${own}']!.value = MASK;
    sealTree(masked, PLACE, tree);
    expect(masked).toEqual(tree);
  });

  it('that are no text are refused by their name alone', () => {
    expect(() => sealTree(passwords({ pw: ['secret'] }), PLACE)).toThrow('constant ${pw}');
    expect(() => sealTree(passwords({ pw: ['secret'] }), PLACE)).not.toThrow('secret"');
    expect(() => sealTree(passwords({ pw: MASK }), PLACE)).toThrow('send the password');
  });

  it('are sealed among new values of constants, where a mask is no change', () => {
    const tree = passwords({ pw: 'old', other: 'x' });

    const values = sealConstants(tree, { '${pw}': 'new', '${other}': MASK, '${unknown}': 'plain' }, PLACE);

    expect(Object.keys(values)).toEqual(['${pw}', '${unknown}']);
    expect(open(values)).toEqual({ '${pw}': 'new', '${unknown}': 'plain' });
    expect(isToken(values['${pw}'] as string)).toBe(true);
  });

  it('leave empty places on the way out of the house', () => {
    const tree = passwords({ pw: 'secret' });
    sealTree(tree, PLACE);

    expect(valuesOf(withoutSecrets(tree))).toEqual({ '${pw}': '' });
  });

  it('are sealed in the inputs of a retry where the node refers to them', () => {
    const tree = sketch({
      chains: ['S a E'],
      activities: {
        a: { inputs: { url: 'http://x', header: [{ name: 'auth', value: 'Bearer ${pw}' }], body: '${pw}' } },
      },
      constants: { pw: { custom_type: 'password', value: 'secret' } },
    });

    const typed = sealInputs(
      tree,
      'a',
      {
        url: 'http://y',
        header: [{ name: 'auth', value: `Bearer ${MASK}` }],
        body: 'new',
      },
      PLACE,
    );

    expect(typed).toMatchObject({ url: 'http://y', header: [{ name: 'auth', value: 'Bearer ${pw}' }] });
    expect(isToken(typed.body as string)).toBe(true);
    expect(open(typed).body).toBe('new');
    expect(sealInputs(tree, 'a', { body: '${pw}' }, PLACE)).toEqual({ body: '${pw}' });
  });
});
