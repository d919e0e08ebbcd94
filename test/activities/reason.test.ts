import { z } from 'zod';
import { reasonOf, reasonOfInputs } from '../../activities/reason';
import type { JsonObject } from '../../pipeline/json';
import { findPlugin } from '../../plugins';
import { type ActivityPlugin, PluginFailure, withAnswer } from '../../plugins/plugin';
import { OpenedSecrets } from '../../secrets/opened';
import { seal } from '../../secrets/token';
import { allowLocal, contextFor } from '../plugins/support';
import { openReceiver, type Receiver } from '../support/receiver';

const SECRET = 'hunter2-Ünïgrün/+=x.sesame';
const PLACE = 1;

function opened(...secrets: string[]): OpenedSecrets {
  const all = new OpenedSecrets({ place: PLACE });
  all.open(secrets.map((secret) => seal(secret, PLACE)));
  return all;
}

/** No four characters in a row of the secret. */
function expectNoPiece(text: string, secret = SECRET): void {
  for (let at = 0; at + 4 <= secret.length; at++) {
    expect(text.toLowerCase()).not.toContain(secret.slice(at, at + 4).toLowerCase());
  }
}

/** Why a run of a plugin failed, as its activity says it. */
async function reasonFor(code: string, version: string, inputs: JsonObject, secrets: OpenedSecrets): Promise<string> {
  const plugin = findPlugin(code, version) as ActivityPlugin;
  const parsed = plugin.inputs.safeParse(inputs);
  if (!parsed.success) return reasonOfInputs(parsed.error, secrets);
  try {
    await plugin.run(parsed.data as JsonObject, contextFor());
  } catch (error) {
    return reasonOf(error as Error, secrets);
  }
  throw new Error('it did not fail');
}

describe('the reason of a failure', () => {
  let server: Receiver;

  beforeAll(async () => {
    process.env.GANTRY_SECRET_KEYS = `test:${Buffer.alloc(32, 'test').toString('base64')}`;
    server = await openReceiver(({ path }, response) => {
      response.writeHead(path === '/refuse' ? 403 : 200, { 'content-type': 'application/json' });
      // The secret stands where an answer is cut off.
      response.end(JSON.stringify(path === '/refuse' ? `${'x'.repeat(985)}${SECRET}` : { code: 0 }));
    });
  });

  afterAll(() => server.close());
  beforeEach(() => allowLocal());

  const HTTP: [string, (secret: string, url: string) => JsonObject, string][] = [
    ['a URL that is none', (secret) => ({ bk_http_request_url: `//${secret}` }), 'the URL is not an address'],
    ['a protocol', () => ({ bk_http_request_url: `hunter2-sesame:x` }), 'only http and https are allowed'],
    [
      'a host that has no address',
      () => ({ bk_http_request_url: `http://hunter2-sesame.invalid/` }),
      'request failed: ',
    ],
    [
      'a host that may not be reached',
      () => ({ bk_http_request_url: `http://127.0.0.9/` }),
      'request failed: the host is a loopback address, which requests may not reach',
    ],
    [
      'a method',
      (secret, url) => ({ bk_http_request_url: url, bk_http_request_method: `${secret} x` }),
      'request failed: ',
    ],
    [
      'a header',
      (secret, url) => ({ bk_http_request_url: url, bk_http_request_header: [{ name: 'a b', value: `${secret}\n` }] }),
      'request failed: ',
    ],
    [
      'a condition that is none',
      (secret, url) => ({ bk_http_request_url: url, bk_http_success_exp: `resp.code == ${secret}` }),
      'success condition cannot be evaluated: parse at ',
    ],
    [
      'a condition of two types',
      (secret, url) => ({ bk_http_request_url: url, bk_http_success_exp: `resp.code > "${secret}"` }),
      'success condition cannot be evaluated: type',
    ],
    [
      'a condition that does not hold',
      (secret, url) => ({ bk_http_request_url: url, bk_http_success_exp: `resp.code == "${secret}"` }),
      'success condition does not hold',
    ],
    [
      'an answer that is cut off',
      (_secret, url) => ({ bk_http_request_url: `${url}/refuse` }),
      'request failed with status 403: "xxx',
    ],
    [
      'inputs of another type',
      (secret, url) => ({ bk_http_request_url: url, bk_http_request_header: [{ name: secret, value: [secret] }] }),
      'inputs are not valid: bk_http_request_header.0: invalid_union',
    ],
  ];

  it.each(HTTP)('quotes nothing of %s when a password was opened', async (_name, make, expected) => {
    const inputs = make(SECRET, server.url);

    const reason = await reasonFor('bk_http_request', 'v1.0', inputs, opened(SECRET, 'hunter2-sesame'));

    expect(reason.startsWith(expected)).toBe(true);
    expectNoPiece(reason);
  });

  it.each([
    ['a code', { plugin_code: SECRET, plugin_version: '1' }, 'GANTRY_REMOTE_PLUGINS names no host of remote plugin'],
    ['a name', { plugin_code: 7, [SECRET]: 1 }, 'inputs are not valid: plugin_code: invalid_type'],
  ])('quotes nothing of %s of a remote plugin', async (_name, inputs, expected) => {
    const reason = await reasonFor('remote_plugin', '1.0.0', inputs as JsonObject, opened(SECRET));

    expect(reason.startsWith(expected)).toBe(true);
    expectNoPiece(reason);
  });

  it('quotes all of it when none was', async () => {
    const inputs = { bk_http_request_url: `//${SECRET}` };

    const reason = await reasonFor('bk_http_request', 'v1.0', inputs, opened());

    expect(reason).toBe(`"//${SECRET}" is not an address`);
  });

  it('has what another system answered, but no piece of a password', () => {
    const failure = (answer: string) =>
      reasonOf(new PluginFailure(withAnswer('it said', answer), {}, { plain: 'it said', answer }), opened(SECRET));

    expect(failure('no such user')).toBe('it said: no such user');
    expect(failure(`bad password ${SECRET}!`)).toBe('it said: bad password ******!');
    expect(failure(`bad password ${SECRET.toUpperCase()}!`)).toBe('it said: bad password ******!');
    expect(failure(`unexpected "${SECRET.slice(3, 9)}"`)).toBe('it said');
    expect(failure(`unexpected "${encodeURIComponent(SECRET.slice(5, 12))}"`)).toBe('it said');
  });

  it('of a plugin that says no more is shown as far as no piece of a password is in it', () => {
    const secrets = opened(SECRET);

    expect(reasonOf(new PluginFailure('out of order'), secrets)).toBe('out of order');
    expect(reasonOf(new PluginFailure(`at ${SECRET.slice(4, 9)}`), secrets)).toBe(
      'the plugin failed (PluginFailure): the message is left out, because it may quote a password',
    );
    // A single character, and where it stands, is a piece too: of errors that nobody meant to show there is only the kind.
    expect(reasonOf(new SyntaxError("Unexpected token 'h' at 0"), secrets)).toContain('failed (SyntaxError): ');
    expect(reasonOf(Object.assign(new Error('x'), { code: 'ECONNRESET' }), secrets)).toContain('(ECONNRESET): ');
    expect(reasonOf(new SyntaxError("Unexpected token 'h' at 0"), opened())).toBe("Unexpected token 'h' at 0");
  });

  it('of inputs names no name that a user has chosen', () => {
    const schema = z.object({ map: z.record(z.string(), z.number()) });
    const { error } = schema.safeParse({ map: { [SECRET]: 'x' } });

    expect(reasonOfInputs(error!, opened(SECRET))).toBe('inputs are not valid: map: invalid_type');
    expect(reasonOfInputs(error!, opened())).toContain(SECRET);
  });
});
