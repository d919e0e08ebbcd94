import type { Json, JsonObject } from '../../../pipeline/json';
import type { Constant } from '../../../pipeline/tree/types';
import { render, whole } from './support';

const ITEMS = '[{"text": "One", "value": "v1"}, {"text": "Two", "value": "v2"}, {"text": "Three", "value": "v3"}]';
const single = { datasource: '0', items_text: ITEMS, type: '0', default: 'v2' };
const multiple = { ...single, type: '1', default: 'v3,v1' };

describe('a meta select', () => {
  it.each<[what: string, constant: Partial<Constant>, seen: Json]>([
    ['not yet chosen takes its default', { is_meta: true, value: single }, 'v2'],
    ['is known by its tag', { source_tag: 'select.select_meta', value: single }, 'v2'],
    ['with several defaults joins them', { is_meta: true, value: { ...multiple, default: ['v3', 'v1'] } }, 'v3,v1'],
    ['without a default is empty', { is_meta: true, value: { items_text: ITEMS } }, ''],
    ['takes what was chosen', { is_meta: true, value: 'v1', meta: { value: single } }, 'v1'],
    ['takes all that was chosen', { is_meta: true, value: ['v1', 'v2'], meta: { value: multiple } }, 'v1,v2'],
    ['takes its default when nothing was', { is_meta: true, value: '', meta: { value: single } }, 'v2'],
    ['that is none any more keeps its value', { is_meta: false, value: 'v1', meta: { value: single } }, 'v1'],
  ])('%s', (_what, constant, seen) => {
    expect(whole({ custom_type: 'select', ...constant })).toEqual(seen);
  });
});

describe('a text_value_select', () => {
  const dict = (value: string, text: string, value_not_selected: string, text_not_selected: string): JsonObject => ({
    value,
    text,
    value_not_selected,
    text_not_selected,
  });

  it.each<[what: string, constant: Partial<Constant>, seen: JsonObject]>([
    ['not yet chosen', { is_meta: true, value: single }, dict('v2', 'Two', 'v1,v3', 'One,Three')],
    ['with several defaults', { is_meta: true, value: multiple }, dict('v3,v1', 'Three,One', 'v2', 'Two')],
    ['with a choice', { is_meta: true, value: 'v1', meta: { value: single } }, dict('v1', 'One', 'v2,v3', 'Two,Three')],
    ['with choices', { value: ['v3', 'v2'], meta: { value: multiple } }, dict('v3,v2', 'Three,Two', 'v1', 'One')],
    ['as it is stored', { value: { meta_data: ITEMS, info_value: 'v2' } }, dict('v2', 'Two', 'v1,v3', 'One,Three')],
    [
      'with a choice that is none',
      { value: { meta_data: ITEMS, info_value: 'v9' } },
      dict('v9', '', 'v1,v2,v3', 'One,Two,Three'),
    ],
    [
      'given the dict of another one',
      {
        value: {
          meta_data: ITEMS,
          info_value: { value: 'v1,v3', text: 'One,Three', value_not_selected: 'v2', text_not_selected: 'Two' },
        },
      },
      dict('v1,v3', 'One,Three', 'v2', 'Two'),
    ],
    [
      'with items that were fetched',
      {
        is_meta: true,
        value: { datasource: '1', items_text: 'http://x', remote_data: [{ text: 'A', value: 1 }], default: 1 },
      },
      dict('1', 'A', '', ''),
    ],
  ])('%s is a dict', (_what, constant, seen) => {
    expect(whole({ custom_type: 'text_value_select', ...constant })).toEqual(seen);
  });

  it('is read by its keys', () => {
    const constant = { custom_type: 'text_value_select', is_meta: true, value: single };

    expect(
      render(constant, { value: '${v["value"]}', text: "is ${v['text']}", others: '${v["text_not_selected"]}' }),
    ).toEqual({
      value: 'v2',
      text: 'is Two',
      others: 'One,Three',
    });
  });

  it('renders its choice', () => {
    const constant = { custom_type: 'text_value_select', value: '${chosen}', meta: { value: single } };

    expect(render(constant, { text: '${v["text"]}' }, {}, { chosen: { value: 'v3' } })).toEqual({ text: 'Three' });
  });
});
