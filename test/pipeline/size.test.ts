import fc from 'fast-check';
import { jsonBytes, utf8Bytes } from '../../pipeline/size';

describe('the size of a value', () => {
  it('is that of its bytes, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it.each(['', 'a', 'ä', '€', '😀', '\ud800', '\udc00', '\ud800a', '\ud800\ud800\udc00', 'a\udc00\ud800'])(
    'counts %j as the bytes that are sent',
    (text) => {
      expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
    },
  );

  it('is that of its JSON', () => {
    const value = { a: [1, 'ü', null], b: { c: '\n' } };

    expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
    expect(jsonBytes(undefined)).toBe(0);
  });
});
