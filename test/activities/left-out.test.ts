import { missingInputs } from '../../activities/left-out';
import type { JsonObject } from '../../pipeline/json';
import { findPlugin } from '../../plugins';

const URL = { bk_http_request_url: 'http://x' };

/** Inputs that came with a retry, and those that the node had besides. */
const CASES: [code: string, version: string, given: JsonObject, left: JsonObject, missing: string[]][] = [
  ['bk_http_request', 'v1.0', URL, { bk_http_request_method: 'POST' }, ['bk_http_request_method']],
  ['bk_http_request', 'v1.0', URL, { bk_http_request_method: 'GET' }, []],
  ['bk_http_request', 'v1.0', URL, { bk_http_request_header: [], bk_http_request_body: '' }, []],
  ['bk_http_request', 'v1.0', URL, { bk_http_request_header: [{ name: 'a', value: 1 }] }, ['bk_http_request_header']],
  ['bk_http_request', 'v1.0', URL, { bk_http_request_body: 'x', bk_http_timeout: '5' }, ['bk_http_request_body']],
  ['bk_http_request', 'v1.0', URL, { bk_http_success_exp: 'resp.ok' }, ['bk_http_success_exp']],
  ['bk_http_request', 'v1.0', URL, { bk_http_timeout: 'never valid', biz_cc_id: 2 }, []],
  ['bk_http_request', 'v1.0', { bk_http_request_method: 'POST' }, URL, ['bk_http_request_url']],
  [
    'bk_notify',
    'v1.0',
    { bk_notify_title: 't' },
    { bk_receiver_info: { bk_more_receiver: 'ann' } },
    ['bk_receiver_info'],
  ],
  ['remote_plugin', '1.0.0', { plugin_code: 'x' }, { plugin_version: '1', script: 'ls' }, ['plugin_version']],
  ['remote_plugin', '1.0.0', { plugin_code: 'x', plugin_version: '1' }, { script: 'ls' }, ['script']],
];

describe('inputs that a retry has left out', () => {
  it.each(CASES)(
    'of %s %s, given %j, are missing where they decide what is done: %j',
    (code, version, given, values, missing) => {
      const { inputs } = findPlugin(code, version)!;

      expect(missingInputs(inputs, given, { values, unknown: [] })).toEqual(missing);
    },
  );

  it('are missing where it is not known what they were, and the plugin knows them', () => {
    const http = findPlugin('bk_http_request', 'v1.0')!.inputs;
    const remote = findPlugin('remote_plugin', '1.0.0')!.inputs;
    const unknown = ['bk_http_request_body', 'other'];

    expect(missingInputs(http, URL, { values: {}, unknown })).toEqual(['bk_http_request_body']);
    expect(missingInputs(remote, { plugin_code: 'x', plugin_version: '1' }, { values: {}, unknown })).toEqual(unknown);
  });
});
