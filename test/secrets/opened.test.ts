import { MASK } from '../../base/sealed-text';
import type { Json } from '../../pipeline/json';
import { OpenedSecrets } from '../../secrets/opened';
import { isToken, replaceTokens, seal } from '../../secrets/token';

const PLACE = 7;
const SECRETS = ['hunter2/+ä"<&', 'Correct Horse', 'straße-zum-see', 'xoxb-1234567890', '🔑🔑 with keys'];

function opened(...secrets: string[]): OpenedSecrets {
  const all = new OpenedSecrets({ place: PLACE });
  all.open(secrets.map((secret) => seal(secret, PLACE)));
  return all;
}

const openAgain = (text: string) => replaceTokens(text, { place: PLACE }, (secret) => secret);
const percentAll = (text: string, hex: (digits: string) => string) =>
  [...Buffer.from(text)].map((byte) => `%${hex(byte.toString(16).padStart(2, '0'))}`).join('');
const escapeAll = (text: string, hex: (digits: string) => string) =>
  text.replace(/[\s\S]/g, (unit) => `\\u${hex(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`);
const entities = (text: string, write: (code: number) => string) =>
  [...text].map((character) => write(character.codePointAt(0)!)).join('');
const named = (text: string) =>
  text.replace(
    /[&<>"ä]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '&auml;',
  );
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const lower = (text: string) => text.toLowerCase();
const upper = (text: string) => text.toUpperCase();

/** How a secret comes back, and around it what is innocent. */
const FORMS: Record<string, (secret: string) => string> = {
  'upper case': upper,
  'lower case': lower,
  'URL-encoded': encodeURIComponent,
  'URL-encoded with small hex': (secret) => encodeURIComponent(secret).replace(/%../g, lower),
  'URL-encoded as a form': (secret) => new URLSearchParams({ x: secret }).toString().slice(2),
  'URL-encoded, all of it': (secret) => percentAll(secret, upper),
  'URL-encoded, all of it with small hex': (secret) => percentAll(secret, lower),
  'URL-encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'URL-encoded in upper case': (secret) => encodeURIComponent(upper(secret)),
  'in JSON': inJson,
  'in JSON, twice': (secret) => inJson(inJson(secret)),
  'in JSON, all escaped': (secret) => escapeAll(secret, lower),
  'in JSON, all escaped in capitals': (secret) => escapeAll(secret, upper),
  'in JSON, as ASCII': (secret) => secret.replace(/[^ -~]/g, (unit) => escapeAll(unit, lower)),
  'in HTML, named': named,
  'in HTML, decimal': (secret) => entities(secret, (code) => `&#${code};`),
  'in HTML, hex': (secret) => entities(secret, (code) => `&#x${code.toString(16)};`),
  'in HTML, hex in capitals': (secret) => entities(secret, (code) => `&#X${upper(code.toString(16))};`),
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
  'in hex in capitals': (secret) => upper(Buffer.from(secret).toString('hex')),
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64 without its end': (secret) => Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  'in base64url': (secret) => Buffer.from(secret).toString('base64url'),
  'in base64 of UTF-16': (secret) => Buffer.from(secret, 'utf16le').toString('base64'),
  'in base64 in a URL': (secret) => encodeURIComponent(Buffer.from(secret).toString('base64')),
};

describe('secrets that a plugin has opened', () => {
  beforeAll(() => {
    process.env.GANTRY_SECRET_KEYS = `test:${Buffer.alloc(32, 'test').toString('base64')}`;
  });

  it.each(SECRETS)('are closed in the text around them, so that %s opens again', (secret) => {
    const closed = opened(...SECRETS).close(`Bearer ${secret}, ${secret}.`);

    expect(closed).not.toContain(secret);
    expect(openAgain(closed)).toBe(`Bearer ${secret}, ${secret}.`);
  });

  it.each(Object.entries(FORMS))('are masked %s', (_, write) => {
    const secrets = opened(...SECRETS);

    for (const secret of SECRETS) {
      const form = write(secret);
      for (const [before, after] of [
        ['', ''],
        ['it is "', '" here'],
        ['?a=', '&b'],
      ]) {
        const closed = secrets.close(before + form + after);
        const expected = form === secret ? expect.stringMatching(/gsec:v2:/) : `${before}${MASK}${after}`;
        // The padding of base64 says nothing.
        expect(closed.replace(/(=|%3D)+/g, '=')).toEqual(
          typeof expected === 'string' ? expect.stringMatching(maskedAs(before!, after!)) : expected,
        );
      }
    }
  });

  it.each([0, 1, 2])('are masked in base64 of a longer text, %s bytes from its beginning', (shift) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      for (const secret of ['8letters', ...SECRETS]) {
        const text = Buffer.from(`${'~'.repeat(shift)}${secret}, and more`).toString(encoding);
        const closed = opened(secret).close(`Basic ${text} ok`);

        expect(closed).toContain(MASK);
        expect(closed).toMatch(/^Basic .* ok$/);
        for (const cut of [0, 1, 2, 3]) {
          const left = Buffer.from(closed.slice('Basic '.length).replace(/\*+.*/, '').slice(cut), encoding).toString(
            'latin1',
          );
          expect(left).not.toContain(secret.slice(0, 3));
        }
      }
    }
  });

  it('are masked in base64 over several lines', () => {
    const secret = 'a-secret-that-goes-over-the-end-of-a-line';
    const text = Buffer.from(`${'x'.repeat(40)}${secret}${'x'.repeat(40)}`).toString('base64');

    const closed = opened(secret).close(text.replace(/.{76}/g, '$&\r\n'));

    expect(closed).toContain(MASK);
    expect(Buffer.from(closed.replace(/\*|\s/g, ''), 'base64').toString()).not.toContain(secret.slice(0, 8));
  });

  it('of less than eight characters are masked in base64 only where they are all of it', () => {
    const secrets = opened('pass');

    expect(secrets.close(`x ${Buffer.from('pass').toString('base64')} y`)).toBe(`x ${MASK}== y`);
    expect(secrets.close(Buffer.from('a passage').toString('base64'))).toBe(
      Buffer.from('a passage').toString('base64'),
    );
  });

  it('are closed where they are a number', () => {
    const large = Number('12345678901234567890');
    const secrets = opened('12345', '1234.50', '42', '12345678901234567890');

    const closed = secrets.close({ a: [12345, 1234.5, 42, large, 12346, 0], b: '12345' }) as Json;

    const [whole, fraction, short, long, ...others] = (closed as { a: Json[] }).a;
    expect([whole, short].map((value) => openAgain(value as string))).toEqual(['12345', '42']);
    expect([fraction, long]).toEqual([MASK, MASK]);
    expect(others).toEqual([12346, 0]);
  });

  it('are closed where they are a whole number of more digits than a number of JavaScript has', () => {
    const secrets = opened('12345678901234567890', '-98765432109876543210');
    const others = [12345678901234567891n, 98765432109876543210n];

    const closed = secrets.close<Json[]>([12345678901234567890n, -98765432109876543210n, ...others]);

    expect(closed.slice(0, 2).map((value) => openAgain(value as string))).toEqual([
      '12345678901234567890',
      '-98765432109876543210',
    ]);
    expect(closed.slice(2)).toEqual(others);
  });

  it('are closed at any depth, and in the names of objects', () => {
    const secrets = opened('deep-secret');
    let value: Json = { 'deep-secret': 'deep-secret', 'DEEP-SECRET': 1, 'Deep-Secret': 2 };
    for (let depth = 0; depth < 50_000; depth++) value = depth % 2 === 0 ? [value] : { in: value };

    let closed: Json = secrets.close(value);
    for (let depth = 0; depth < 50_000; depth++) closed = Object.values(closed as object)[0] as Json;

    const names = Object.keys(closed as object);
    expect(names.map((name) => (isToken(name) ? openAgain(name) : name))).toEqual(['deep-secret', MASK, `${MASK}*`]);
    expect(openAgain(Object.values(closed as object)[0] as string)).toBe('deep-secret');
  });

  it('are closed in a value that has itself in it, and once in what stands twice', () => {
    const secrets = opened('deep-secret');
    const twice: Json[] = ['deep-secret'];
    const itself: Json[] = [twice, twice];
    itself.push(itself);

    const closed = secrets.close(itself) as Json[];

    expect(closed[2]).toBe(closed);
    expect(closed[0]).toBe(closed[1]);
    expect(openAgain((closed[0] as string[])[0]!)).toBe('deep-secret');
  });

  it('are told apart when one is the beginning of another, and covered where they overlap', () => {
    const secrets = opened('secret', 'secret-long', 'long-tail');

    expect(openAgain(secrets.close('secret-long and secret'))).toBe('secret-long and secret');
    const overlapping = secrets.close('secret-long-tail');
    expect(overlapping).toMatch(/^gsec:v2:.*;\*{6}$/);
    expect(openAgain(overlapping)).toBe(`secret-long${MASK}`);
  });

  it('that are very short are only taken out where they are all there is', () => {
    expect(opened('ab').close(['ab', 'AB', '%61b', 'about'])).toEqual([
      expect.stringMatching(/^gsec:/),
      MASK,
      MASK,
      'about',
    ]);
  });

  it('leave what is innocent as it is', () => {
    const text = JSON.stringify({
      url: 'https://example.org/a?b=c%20d&amp;e',
      'tab\\t': 'äöü \\u0041',
      hex: 'deadbeef',
    });

    expect(opened(...SECRETS).close(text)).toBe(text);
    expect(new OpenedSecrets({ place: PLACE }).close({ text, n: 1, list: [true, null] })).toEqual({
      text,
      n: 1,
      list: [true, null],
    });
  });

  it('are not the only sealed texts that come back: those from outside are masked, also where none was opened', () => {
    const foreign = seal('whose is this', 8);

    expect(new OpenedSecrets({ place: PLACE }).close({ [foreign]: `x${foreign}` })).toEqual({ [MASK]: `x${MASK}` });
    expect(opened('mine-only').close(`${foreign}mine-only`)).toMatch(/^\*{6}gsec:v2:/);
  });

  it('are masked where the blanks around them got lost', () => {
    const secrets = opened('from a file\n');

    expect(secrets.close('<from a file> <FROM A FILE>')).toBe(`<${MASK}> <${MASK}>`);
    expect(openAgain(secrets.close('from a file\n'))).toBe('from a file\n');
  });

  it('that are long are covered as far as they go', () => {
    const secret = Array.from({ length: 2_000 }, (_, index) => `line ${index} of a key`).join('\n');
    const secrets = opened(secret);

    expect(openAgain(secrets.close(`<${secret}>`))).toBe(`<${secret}>`);
    expect(secrets.close(`<${secret.slice(0, 5_000)}`)).toBe(`<${MASK}`);
    expect(secrets.close(JSON.stringify({ key: secret }))).toBe(`{"key":"${MASK}"}`);
  });

  it('are found in a walk over the text, however much of it looks like them', () => {
    const alike = 'a'.repeat(5_000);
    const secrets = opened(`${alike}b${alike}`, ...Array.from({ length: 20 }, (_, index) => `${alike}${index}`));

    // Nothing of the whole is shown when the search gives up.
    expect(secrets.close('a'.repeat(300_000))).toBe(MASK);
    expect(secrets.close(`x${alike}b${alike}y`)).not.toContain('aaaa');
  });

  it('show no piece of themselves to a check of messages', () => {
    const secrets = opened('hunter2/+ä');

    expect(secrets.showsPiece("unexpected 'ter2/' at 4")).toBe(true);
    expect(secrets.showsPiece('unexpected %54ER2 at 4')).toBe(true);
    expect(secrets.showsPiece('status 403: forbidden')).toBe(false);
  });
});

function maskedAs(before: string, after: string): RegExp {
  const literal = (text: string) => text.replace(/[?*+"&]/g, '\\$&');
  return new RegExp(`^${literal(before)}\\*{6}=?${literal(after)}$`);
}
