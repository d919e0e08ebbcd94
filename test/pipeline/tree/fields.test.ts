import { normaliseTree } from '../../../pipeline/tree/normalise';
import { validateTree } from '../../../pipeline/tree/validate';
import { changed, type Way } from '../../support/odd-values';
import { richTree } from '../../support/rich-tree';

/** What is said of the tree with all fields after something was put somewhere. */
function said(way: Way, value: unknown): string[] {
  return validateTree(normaliseTree(changed(richTree(), way, value))).problems.map(({ message }) => message);
}

const TIMEOUT = ['activities', 'b', 'timeout_config'];
const RETRY = ['activities', 'a', 'auto_retry'];
const LOOP = ['activities', 'c', 'loop_config'];

describe('fields that upstream does not check', () => {
  it.each<[Way, unknown, string]>([
    [['location'], 5, "location: 5 is not a list whose items are of type 'object'"],
    [
      ['start_event', 'incoming'],
      5,
      "start_event→incoming: 5 is not of type 'string' or a list whose items are of type 'string'",
    ],
    [['constants', '${who}', 'source_tag'], 5, "constants→${who}→source_tag: 5 is not of type 'string'"],
    [[...TIMEOUT, 'seconds'], 0, 'activities→b→timeout_config→seconds: 0 is not a whole number from 1 to 315360000'],
    [
      [...TIMEOUT, 'seconds'],
      9007199254740993n,
      'activities→b→timeout_config→seconds: 9007199254740993 is not a whole number from 1 to 315360000',
    ],
    [
      [...RETRY, 'times'],
      9007199254740993n,
      'activities→a→auto_retry→times: 9007199254740993 is not a whole number within ±9007199254740991',
    ],
    [
      ['constants', '${who}', 'index'],
      -9007199254740993n,
      "constants→${who}→index: -9007199254740993 is not of type 'number' within ±9007199254740991",
    ],
    [
      ['constants', '${who}', 'source_tag'],
      2n ** 64n,
      "constants→${who}→source_tag: 18446744073709551616 is not of type 'string'",
    ],
    [
      [...TIMEOUT, 'action'],
      'explode',
      'activities→b→timeout_config→action: \'explode\' is not one of "forced_fail", "forced_fail_and_skip"',
    ],
    [
      ['activities', 'sub', 'pipeline', 'constants', '${given}', 'validation'],
      [],
      "activities→sub→pipeline→constants→${given}→validation: [] is not of type 'string'",
    ],
    [
      ['activities', 'sub', 'constants'],
      { '${given}': { source_tag: 5 } },
      "activities→sub→constants→${given}→source_tag: 5 is not of type 'string'",
    ],
    [[...LOOP, 'outputs_key'], '${__proto__}', 'activities→c→loop_config→outputs_key: nothing may be called __proto__'],
  ])('are refused: %j = %j', (way, value, message) => {
    expect(said(way, value)).toEqual([message]);
  });

  it('says all that is wrong at once, with the node', () => {
    let tree: object = richTree();
    tree = changed(tree, [...TIMEOUT, 'seconds'], -1);
    tree = changed(tree, [...RETRY, 'times'], 'x');

    expect(validateTree(tree).problems).toMatchObject([
      { stage: 'consistency', nodeId: 'a', path: 'activities→a→auto_retry→times' },
      { stage: 'consistency', nodeId: 'b', path: 'activities→b→timeout_config→seconds' },
    ]);
  });

  it('refuses a constant whose name would set a prototype', () => {
    const constant = { key: '${__proto__}', name: 'x', value: '1' };

    expect(said(['constants', '${__proto__}'], constant)).toEqual([
      'constants→${__proto__}: nothing may be called __proto__',
    ]);
  });

  it.each<[Way, unknown]>([
    // A field that is null is one that is not there.
    ...['source_tag', 'custom_type', 'validation', 'desc', 'index', 'is_meta'].map((field): [Way, unknown] => [
      ['constants', '${who}', field],
      null,
    ]),
    ...[TIMEOUT, RETRY, LOOP, ['location'], ['line']].map((way): [Way, unknown] => [way, null]),
    [['start_event', 'incoming'], []],
    [TIMEOUT, { enable: false, seconds: 0, action: '' }],
    [TIMEOUT, { enable: false, seconds: '', action: 'forced_fail' }],
    [TIMEOUT, { enable: true, seconds: 10 }],
    [RETRY, { enable: false, times: 0, interval: 0 }],
    [RETRY, { enable: true, times: '3', interval: '1' }],
    [RETRY, { enable: true, times: 99, interval: -1 }],
    [LOOP, { enable: false, loop_times: 0 }],
    [['activities', 'sub', 'template_id'], 1],
    [['activities', 'a', 'labels'], [{ label: 'l', group: 'g' }]],
    [['activities', 'a', 'unknown'], { of: ['any', 'kind'] }],
    [['gateways', 'x', 'extra_info'], { strategy: 'ONLY' }],
    [['gateways', 'x', 'extra_info', 'parse_lang'], null],
    [['location', '0', 'x'], '100'],
  ])('takes what editors and clients send: %j = %j', (way, value) => {
    expect(said(way, value)).toEqual([]);
  });
});
