import { randomBytes } from 'node:crypto';
import { hasSealedText, MASK, maskTokens } from '../../base/sealed-text';
import { parseKeyRing } from '../../secrets/keys';
import type { SealPlace } from '../../secrets/place';
import { isToken, replaceTokens, resealTokens, seal } from '../../secrets/token';
import { sealOld } from '../support/old-secrets';

const A = `a:${randomBytes(32).toString('base64')}`;
const B = `b:${randomBytes(32).toString('base64')}`;
const ring = parseKeyRing(A);
const here = { from: { place: 7 }, to: 7 };
const openAll = (text: string, keys = ring, place: SealPlace = 7) =>
  replaceTokens(text, { place }, (secret) => secret, keys);

describe('a sealed text', () => {
  it('is a token of ASCII that says which key opens it, and another one each time', () => {
    const token = seal('pässword "1"', 7, ring);

    expect(token).toMatch(/^gsec:v2:a:[A-Za-z0-9_-]+;$/);
    expect(isToken(token)).toBe(true);
    expect(openAll(token)).toBe('pässword "1"');
    expect(seal('pässword "1"', 7, ring)).not.toBe(token);
  });

  it('is opened inside larger texts, next to others', () => {
    const text = `user:${seal('one', 7, ring)}${seal('two', 7, ring)};x`;

    expect(openAll(text)).toBe('user:onetwo;x');
    expect(maskTokens(text)).toBe(`user:${MASK}${MASK};x`);
    expect(maskTokens(`cut off: ${seal('one', 7, ring).slice(0, 30)}`)).toBe(`cut off: ${MASK}`);
    expect(isToken(text)).toBe(false);
  });

  it('is not opened when it was changed, or when its key is not there', () => {
    const token = seal('secret', 7, ring);
    const changed = token.replace(/.;$/, (end) => (end === 'A;' ? 'B;' : 'A;'));

    expect(() => openAll(changed.replace(/.{5};$/, 'AAAAA;'))).toThrow('was not sealed for this project with key a');
    expect(() => openAll(token, parseKeyRing(B))).toThrow('GANTRY_SECRET_KEYS has no key a');
  });

  it('opens in its own place alone', () => {
    const token = seal('secret', 7, ring);
    const common = seal('secret', 'common', ring);

    expect(openAll(common, ring, 'common')).toBe('secret');
    for (const place of [8, 'common', Number.NaN] as const) {
      expect(() => openAll(token, ring, place)).toThrow('was not sealed');
    }
    expect(() => openAll(common)).toThrow('was not sealed for this project');
    expect(openAll(resealTokens(common, { from: { place: 'common' }, to: 7 }, ring))).toBe('secret');
    expect(() => resealTokens(token, { from: { place: 8 }, to: 8 }, parseKeyRing(`${B},${A}`))).toThrow(
      'was not sealed',
    );
  });

  it('of the old form opens only where that is said, and gets a place when it is sealed anew', () => {
    const old = sealOld('secret', A);

    expect(() => openAll(old)).toThrow('give the password again');
    expect(replaceTokens(old, { place: 8, opensOld: true }, (secret) => secret, ring)).toBe('secret');
    const moved = resealTokens(old, { from: { place: 7, opensOld: true }, to: 7 }, ring);
    expect(openAll(moved)).toBe('secret');
    expect(() => openAll(moved, ring, 8)).toThrow('was not sealed');
  });

  it('stays when it cannot be sealed anew and that is to be left, and the others move', () => {
    const lost = seal('lost', 7, parseKeyRing(B));
    const reasons: string[] = [];

    const moved = resealTokens(
      `${lost}${sealOld('old', A)}`,
      { from: { place: 7, opensOld: true }, to: 7, leave: (reason) => void reasons.push(reason) },
      ring,
    );

    expect(reasons).toEqual([expect.stringContaining('no key b')]);
    expect(moved.startsWith(lost)).toBe(true);
    expect(openAll(moved.slice(lost.length))).toBe('old');
  });

  it('is known by its beginning too', () => {
    for (const text of [seal('x', 7, ring), sealOld('x', A), 'a gsec:v2:key:', 'gsec:v12:']) {
      expect(hasSealedText(text)).toBe(true);
    }
    for (const text of ['gsec', 'gsec:version', 'gsec:v:']) expect(hasSealedText(text)).toBe(false);
  });

  it('moves to the first key of the ring, once', () => {
    const token = seal('secret', 7, ring);
    const both = parseKeyRing(`${B},${A}`);

    const moved = resealTokens(`x${token}y`, here, both);

    expect(moved).toContain('gsec:v2:b:');
    expect(openAll(moved, parseKeyRing(B))).toBe('xsecrety');
    expect(resealTokens(moved, here, both)).toBe(moved);
  });

  it('needs keys that are ones, and says so without showing them', () => {
    expect(() => seal('secret', 7, parseKeyRing(''))).toThrow('GANTRY_SECRET_KEYS');
    expect(() => parseKeyRing('a:c2hvcnQ=')).toThrow('key a is not 32 bytes');
    expect(() => parseKeyRing('a:c2hvcnQ=')).not.toThrow('c2hvcnQ');
    expect(() => parseKeyRing(`${A},${A}`)).toThrow('twice');
  });
});
