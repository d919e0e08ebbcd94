import { toJsonText } from '../../db/json';

describe('JSON for Postgres', () => {
  it('keeps all digits of whole numbers', () => {
    expect(toJsonText({ ids: [9007199254740993n, 1e20], text: '\u0000' })).toBe(
      '{"ids":[9007199254740993,1e+20],"text":"\ufffd"}',
    );
  });

  it.each([
    ['a NUL', 'a\u0000b', 'a\ufffdb'],
    ['half a pair', 'a\ud800b', 'a\ufffdb'],
    ['the other half', '\udc00', '\ufffd'],
    ['a whole pair', '\u{1f600}', '\u{1f600}'],
    ['another control character', '\u0001', '\u0001'],
    ['a backslash before something like it', '\\u0000 \\ud800', '\\u0000 \\ud800'],
    ['a backslash and then a NUL', '\\\u0000', '\\\ufffd'],
  ])('takes %s', (_name, text, kept) => {
    expect(JSON.parse(toJsonText({ [text]: [text] }))).toEqual({ [kept]: [kept] });
  });
});
