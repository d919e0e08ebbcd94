import { setConstants, validationProblems } from '../../../pipeline/tree/set-constants';
import type { Constant } from '../../../pipeline/tree/types';
import { definitionValue } from '../../../pipeline/variable-types';

const CHOICES = { datasource: '0', items_text: '[{"text":"A","value":"a"}]', type: '0', default: 'a' };

function constant(name: string, more: Partial<Constant>): Constant {
  return { key: `\${${name}}`, name, source_type: 'custom', custom_type: 'input', show_type: 'show', ...more };
}

describe('setting constants', () => {
  it('replaces values of keys that exist, hidden ones too', () => {
    const constants = {
      '${a}': constant('a', { value: '1' }),
      '${h}': constant('h', { value: '1', show_type: 'hide' }),
    };

    const set = setConstants(constants, { values: { '${a}': { b: [2] }, '${h}': '', '${nobody}': 'x' } });

    expect(Object.entries(set).map(([key, { value }]) => [key, value])).toEqual([
      ['${a}', { b: [2] }],
      ['${h}', ''],
    ]);
    expect(constants['${a}'].value).toBe('1');
  });

  it('keeps the definition of a meta constant, and takes its default where nothing is chosen', () => {
    const select = constant('s', { custom_type: 'text_value_select', is_meta: true, value: CHOICES });
    const table = constant('t', {
      custom_type: 'datatable',
      is_meta: true,
      value: { columns: [], default_text: '[{"x":1}]' },
    });

    const unset = setConstants({ '${s}': select, '${t}': table }, {});
    const chosen = setConstants({ '${s}': select }, { values: { '${s}': 'b' } });

    expect(unset['${s}']).toMatchObject({ value: 'a', meta: select });
    expect(unset['${t}']!.value).toBe('[{"x":1}]');
    expect(definitionValue(chosen['${s}']!)).toEqual({ meta_data: CHOICES.items_text, info_value: 'b' });
    expect(setConstants(unset, {})).toEqual(unset);
  });

  it('makes custom constants plain text on demand', () => {
    const select = constant('s', { custom_type: 'select', source_tag: 'select.select_meta', is_meta: true });
    const output = constant('o', { source_type: 'component_outputs' });

    const set = setConstants(
      { '${s}': { ...select, value: CHOICES }, '${o}': output },
      { simplify: ['${s}', '${o}', '${nobody}'] },
    );

    expect(set['${s}']).toEqual({
      ...select,
      custom_type: 'textarea',
      source_tag: 'textarea.textarea',
      is_meta: false,
      value: 'a',
    });
    expect(set['${o}']).toEqual(output);
  });
});

describe('validation of constants', () => {
  const check = (more: Partial<Constant>) => validationProblems({ '${v}': constant('v', more) });

  it.each<[string, Partial<Constant>, number]>([
    ['a value that matches', { validation: '^\\d+$', value: '12' }, 0],
    ['a number that matches', { validation: '^\\d+$', value: 12 }, 0],
    ['a value that does not match', { validation: '^\\d+$', value: '12a' }, 1],
    ['an empty value where something has to be', { validation: '^.+$', value: '' }, 1],
    ['a match in the middle', { validation: 'b', value: 'abc' }, 0],
    ['digits of JavaScript only', { validation: '^\\d$', value: '٣' }, 1],
    ['a pattern that is none', { validation: '(', value: 'x' }, 1],
    ['a pattern that cannot be checked in linear time', { validation: '^(?!x)', value: 'y' }, 1],
    ['a hidden constant', { validation: '^\\d+$', value: 'x', show_type: 'hide' }, 0],
    ['an output of a node', { validation: '^\\d+$', value: '', source_type: 'component_outputs' }, 0],
    ['a value that is still to be rendered', { validation: '^\\d+$', value: '${other}' }, 0],
    ['no pattern', { validation: '', value: 'x' }, 0],
  ])('judges %s', (_, more, problems) => {
    expect(check(more)).toHaveLength(problems);
  });

  it('names every key, and is not held up by a pattern', () => {
    const evil = { validation: '^(a+)+$', value: `${'a'.repeat(5000)}!` };

    const problems = validationProblems({ '${a}': constant('a', evil), '${b}': constant('b', evil) });

    expect(problems.map(({ key }) => key)).toEqual(['${a}', '${b}']);
    expect(problems[0]!.message).toBe('constant ${a}: its value does not match ^(a+)+$');
  });
});
