import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '../../secrets/keys';
import { OpenedSecrets } from '../../secrets/opened';
import { isToken, MASK, maskTokens, replaceTokens, resealTokens, seal } from '../../secrets/token';

const A = `a:${randomBytes(32).toString('base64')}`;
const B = `b:${randomBytes(32).toString('base64')}`;
const ring = parseKeyRing(A);
const openAll = (text: string, keys = ring) => replaceTokens(text, (secret) => secret, keys);

describe('a sealed text', () => {
  it('is a token of ASCII that says which key opens it, and another one each time', () => {
    const token = seal('pässword "1"', ring);

    expect(token).toMatch(/^gsec:v1:a:[A-Za-z0-9_-]+;$/);
    expect(isToken(token)).toBe(true);
    expect(openAll(token)).toBe('pässword "1"');
    expect(seal('pässword "1"', ring)).not.toBe(token);
  });

  it('is opened inside larger texts, next to others', () => {
    const text = `user:${seal('one', ring)}${seal('two', ring)};x`;

    expect(openAll(text)).toBe('user:onetwo;x');
    expect(maskTokens(text)).toBe(`user:${MASK}${MASK};x`);
    expect(isToken(text)).toBe(false);
  });

  it('is not opened when it was changed, or when its key is not there', () => {
    const token = seal('secret', ring);
    const changed = token.replace(/.;$/, (end) => (end === 'A;' ? 'B;' : 'A;'));

    expect(() => openAll(changed.replace(/.{5};$/, 'AAAAA;'))).toThrow('was not sealed with key a');
    expect(() => openAll(token, parseKeyRing(B))).toThrow('GANTRY_SECRET_KEYS has no key a');
  });

  it('moves to the first key of the ring, once', () => {
    const token = seal('secret', ring);
    const both = parseKeyRing(`${B},${A}`);

    const moved = resealTokens(`x${token}y`, both);

    expect(moved).toContain('gsec:v1:b:');
    expect(openAll(moved, parseKeyRing(B))).toBe('xsecrety');
    expect(resealTokens(moved, both)).toBe(moved);
  });

  it('needs keys that are ones, and says so without showing them', () => {
    expect(() => seal('secret', parseKeyRing(''))).toThrow('GANTRY_SECRET_KEYS');
    expect(() => parseKeyRing('a:c2hvcnQ=')).toThrow('key a is not 32 bytes');
    expect(() => parseKeyRing('a:c2hvcnQ=')).not.toThrow('c2hvcnQ');
    expect(() => parseKeyRing(`${A},${A}`)).toThrow('twice');
  });
});

describe('secrets that a plugin has opened', () => {
  beforeAll(() => {
    process.env.GANTRY_SECRET_KEYS = A;
  });

  it('are closed again wherever they come out', () => {
    const secrets = new OpenedSecrets();
    const inputs = secrets.open({ list: [`Bearer ${seal('hunter2/+', ring)}`], other: 7 });

    expect(inputs).toEqual({ list: ['Bearer hunter2/+'], other: 7 });
    const closed = JSON.stringify(
      secrets.close({
        echo: { 'hunter2/+': 'got hunter2/+' },
        encoded: [encodeURIComponent('hunter2/+'), Buffer.from('hunter2/+').toString('base64')],
      }),
    );
    expect(closed).not.toContain('hunter2');
    expect(closed).not.toContain(Buffer.from('hunter2/+').toString('base64'));
    expect(openAll(closed)).toContain('got hunter2/+');
  });

  it('are told apart when one is the beginning of another', () => {
    const secrets = new OpenedSecrets();
    secrets.open([seal('secret', ring), seal('secret-long', ring)]);

    const closed = secrets.close('secret-long and secret');

    expect(closed).not.toContain('secret');
    expect(openAll(closed)).toBe('secret-long and secret');
  });

  it('that are very short are only taken out where they are all there is', () => {
    const secrets = new OpenedSecrets();
    secrets.open(seal('ab', ring));

    expect(secrets.close(['ab', 'about'])).toEqual([expect.stringMatching(/^gsec:/), 'about']);
  });
});
