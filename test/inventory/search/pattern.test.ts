import { RE2JS } from 're2js';
import { GantryError } from '../../../base/error';
import { compilePattern } from '../../../inventory/search/pattern';

function refusalOf(source: string, options?: string): GantryError {
  try {
    compilePattern('port', source, options);
  } catch (error) {
    if (error instanceof GantryError) return error;
    throw error;
  }
  throw new Error(`${source} was not refused`);
}

describe('a pattern', () => {
  it('is found anywhere in a text, in upper and lower case', () => {
    const matches = compilePattern('port', 'b.d');

    expect(['abcde', 'bxd', 'ABCDE', 'b\nd', 'bd'].map(matches)).toEqual([true, true, false, false, false]);
  });

  it('has options for cases, lines and dots', () => {
    expect(compilePattern('port', 'b.d', 'i')('ABCDE')).toBe(true);
    expect(compilePattern('port', '^b', 'm')('a\nb')).toBe(true);
    expect(compilePattern('port', '^b')('a\nb')).toBe(false);
    expect(compilePattern('port', 'b.d', 's')('b\nd')).toBe(true);
    expect(refusalOf('b', 'ix')).toMatchObject({ message: expect.stringContaining('"x", only i, m and s') });
  });

  it('counts code points', () => {
    expect(compilePattern('port', '^.$')('\u{1D49C}')).toBe(true);
  });

  it.each([
    ['(?=a)', '(?='],
    ['(?<!a)b', '(?<!a)b'],
    ['(a)\\1', '\\1'],
    ['(', 'missing closing )'],
    ['a{1001}', 'steps'],
    ['((a{1,100}){1,100}){1,100}', 'steps'],
  ])('that cannot be had is refused with the reason: %s', (source, why) => {
    const { kind, message, reason } = refusalOf(source);

    expect({ kind, field: reason && 'field' in reason.args && reason.args.field }).toEqual({
      kind: 'invalid',
      field: 'port',
    });
    expect(message).toContain(why);
  });

  it('that cannot be read is refused saying what there is not', () => {
    const { message, reason } = refusalOf('(?=a)');

    expect(message).toContain('RE2, which has no look-around and no back-references');
    expect(reason?.code).toBe('malformed');
  });

  it.each([
    '(?:abcdefghij){1000}',
    '(?:(?:(?:a?){10}){10}){10}b?',
    '[\\pL\\pN\\pS]{1000}.',
    '(?:\\){1000}\\(){3}',
    '(?:[)]{999}[(]){3}',
    '(?:\\Q)))\\E{400}){3}',
    `${'(?:a?){500}'.repeat(20)}`,
    '(?i:\\pL?){900}(?i:\\pL?){200}',
  ])('with large counts is refused before it is compiled: %s', (source) => {
    const compile = jest.spyOn(RE2JS, 'compile');

    const { reason } = refusalOf(source);

    expect(reason).toEqual({ code: 'too_long', args: { field: 'port', max: 1_000 } });
    expect(compile).not.toHaveBeenCalled();
    compile.mockRestore();
  });

  it('that comes out larger than it looked is refused all the same', () => {
    expect(refusalOf('(.*){10}'.repeat(32)).reason).toEqual({ code: 'too_long', args: { field: 'port', max: 1_000 } });
  });

  it.each([
    '^(\\d{1,3}\\.){3}\\d{1,3}$',
    '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$',
    '.{900}',
    '(a|b)*a(a|b){100}c',
    '(x+x+)+y',
    '(.*){10}(.*){10}(.*){10}(.*){10}',
    `${'('.repeat(120)}a${')'.repeat(120)}`,
    'a'.repeat(256),
    '[^]]{5}]',
    '\\p{Greek}{10}\\x{1F600}',
  ])('of a common size is taken: %s', (source) => {
    expect(() => compilePattern('port', source)).not.toThrow();
  });
});
