import type { Json } from '../../pipeline/json';
import type { PipelineTree } from '../../pipeline/tree/types';
import { pathOfNewInput } from '../../secrets/inputs';
import { pathOfReference, refersTo, secretNames, secretScopes } from '../../secrets/references';
import { sketch } from '../support/trees';

const NAMES = new Set(['db_password']);

describe('a value refers to a password', () => {
  it.each<[string, Json]>([
    ['by its name', '${db_password}'],
    ['in a text', 'Bearer ${db_password}!'],
    ['in an expression', '${db_password[::-1]}'],
    ['in a call', '${len(x.join([db_password]))}'],
    ['in quotes in an expression', '${f("db_password")}'],
    ['in an expression that cannot be parsed', '${db_password[::}'],
    ['with blanks', '${ db_password }'],
    ['in letters that the language takes for the same', '${ｄｂ_password}'],
    ['in a comprehension', '${[c for c in db_password]}'],
    ['in a filter', '${x | db_password}'],
    ['deep inside', { list: [{ value: ['a', '${db_password}'] }] }],
    ['beside what is escaped', { _escape_render_keys: ['a'], a: '${db_password}' }],
    ['in one of many fragments', '${a}${b}${db_password}'],
  ])('%s', (_name, value) => {
    expect(refersTo(value, NAMES)).toBe(true);
  });

  it.each<[string, Json]>([
    ['the name alone', 'db_password'],
    ['a longer name', '${my_db_password} ${db_password2}'],
    ['a name of an object', { '${db_password}': 1 }],
    ['what is no text', [1, null, true]],
    ['braces that are none', '$db_password {db_password} ${} ${'],
  ])('not by %s', (_name, value) => {
    expect(refersTo(value, NAMES)).toBe(false);
  });

  it('at a place that can be named', () => {
    expect(pathOfReference({ a: [0, { b: '${db_password}' }] }, NAMES, 'constants')).toBe('constants.a.1.b');
  });
});

describe('what leads to a password', () => {
  const inner = sketch({
    chains: ['S a E'],
    activities: { a: { inputs: { bk_display_message: '${given}' } } },
    constants: {
      given: { value: '${header}' },
      hidden: { value: '${header}', show_type: 'hide' },
      own: { value: 'x' },
    },
  });
  const tree = sketch({
    chains: ['S login other sub E'],
    activities: {
      login: { inputs: { bk_display_message: ['Basic ${header}'] }, loop_config: { outputs_key: '${rounds}' } },
      other: { inputs: { bk_display_message: '${plain}' } },
      sub: { type: 'SubProcess', pipeline: inner },
    },
    constants: {
      pw: { custom_type: 'password', value: 'x' },
      header: { value: 'pw ${pw}' },
      choice: { value: '', meta: { value: { items: ['${header}'] } } },
      plain: { value: 'x' },
      token: { source_type: 'component_outputs', source_info: { login: ['data'] } },
      after: { value: '${token.strip()}' },
      answer: { source_type: 'component_outputs', source_info: { other: ['data'] } },
      report: { source_type: 'component_outputs', source_info: { sub: ['${given}'] } },
    },
  });

  it('is every variable that a password can come to', () => {
    expect([...secretNames(tree)].sort()).toEqual(['after', 'choice', 'header', 'pw', 'report', 'rounds', 'token']);
  });

  it('goes on in subprocesses, in what they are given', () => {
    expect(secretScopes(tree).map(({ names }) => [...names].sort())).toEqual([
      ['after', 'choice', 'header', 'pw', 'report', 'rounds', 'token'],
      ['given'],
    ]);
  });

  it('is found among many variables in one walk', () => {
    const constants = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [`v${index}`, { value: `\${v${index + 1}} \${common}` }]),
    );
    const chain = sketch({
      chains: ['S a E'],
      constants: { ...constants, v5000: { custom_type: 'password', value: 'x' }, common: { value: '' } },
    });

    expect(secretNames(chain).size).toBe(5_001);
  });

  it('may stand in new inputs of a node only where it stood', () => {
    const at = (inputs: Record<string, Json>, node = 'login', of: PipelineTree = tree) =>
      pathOfNewInput(of, node, inputs);

    expect(at({ bk_display_message: ['Basic ${header}'] })).toBeUndefined();
    expect(at({ bk_display_message: ['Basic ${plain}'] })).toBeUndefined();
    expect(at({ bk_display_message: ['Basic ${header} ${pw}'] })).toBe('inputs.bk_display_message.0');
    expect(at({ bk_display_message: ['x', 'Basic ${header}'] })).toBe('inputs.bk_display_message.1');
    expect(at({ other: 'Basic ${header}' })).toBe('inputs.other');
    expect(at({ bk_display_message: '${given}' }, 'a')).toBeUndefined();
    expect(at({ bk_display_message: '${given[0]}' }, 'a')).toBe('inputs.bk_display_message');
    expect(at({ bk_display_message: '${pw}' }, 'a')).toBeUndefined();
    expect(at({ bk_display_message: '${pw}' }, 'none')).toBeUndefined();
  });
});
