import fc from 'fast-check';
import { formFields, isForm } from '../../api/body/form';
import { isTextDeeperThan, NESTED, topMembers } from '../../api/body/members';
import { parseJson } from '../../base/json';

const NAMES = ['bk_app_code', 'bk_token', 'n'];

describe('topMembers', () => {
  it.each([
    ['{"bk_app_code":"a","n":7}', { bk_app_code: 'a', n: 7 }],
    [' \n\t{ "n" : -1.5e3 , "bk_token" : null }', { n: -1500, bk_token: null }],
    ['{"n":true,"bk_token":false}', { n: true, bk_token: false }],
    ['{"tree":{"n":1,"x":[{"n":"}"}]},"n":2}', { n: 2 }],
    ['{"x":"\\"n\\":1}","n":"\\u00e4\\\\\\"\\n"}', { n: 'ä\\"\n' }],
    ['{"bk\\u005fapp\\u005fcode":"a"}', { bk_app_code: 'a' }],
    ['{"n":[1,2],"bk_token":{"n":1}}', { n: NESTED, bk_token: NESTED }],
    ['{"n":1,"n":2}', { n: 1 }],
    ['{}', {}],
    ['{"other":[]}', {}],
  ])('reads %s', (text, members) => {
    expect(topMembers(text, NAMES)).toEqual({ members });
  });

  it.each([
    ['', 'the body is not JSON'],
    ['{', 'the body is not JSON'],
    ['{"n"', 'the body is not JSON'],
    ['{"n":', 'the body is not JSON'],
    ['{"n":1', 'the body is not JSON'],
    ['{"n":tru}', 'the body is not JSON'],
    ['{"n":"a', 'the body is not JSON'],
    ['{"n":"a\\"}', 'the body is not JSON'],
    ['{n:1}', 'the body is not JSON'],
    ['{"x":[[[', 'the body is not JSON'],
    ['{"x":1 "n":2}', 'the body is not JSON'],
    ['{"x":,"n":2}', 'the body is not JSON'],
    ['[]', 'the body is not a JSON object'],
    ['"x"', 'the body is not a JSON object'],
    ['7', 'the body is not a JSON object'],
  ])('says what is the matter with %j', (text, problem) => {
    expect(topMembers(text, NAMES)).toEqual({ members: {}, problem });
  });

  it('keeps what stood before the end of a text that was cut', () => {
    expect(topMembers('{"bk_app_code":"a","n":7,"bk_tok', NAMES)).toEqual({
      members: { bk_app_code: 'a', n: 7 },
      problem: 'the body is not JSON',
    });
    // A number at the very end may go on.
    expect(topMembers('{"bk_app_code":"a","n":7', NAMES).members).toEqual({ bk_app_code: 'a' });
  });

  it('looks at nothing behind the last of the names', () => {
    expect(topMembers('{"bk_app_code":"a","bk_token":"t","n":1,<no JSON>', NAMES)).toEqual({
      members: { bk_app_code: 'a', bk_token: 't', n: 1 },
    });
  });

  it('goes through any depth, and through brackets in strings', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)},"b":"]]}}[[{{","n":1}`;

    expect(topMembers(deep, NAMES)).toEqual({ members: { n: 1 } });
    expect(topMembers(`{"a":${'[{"a":'.repeat(10_000)}`, NAMES).problem).toBe('the body is not JSON');
  });

  it('finds in any object what reading it whole finds', () => {
    const name = fc.oneof(fc.constantFrom(...NAMES), fc.string());
    const given = fc.uniqueArray(fc.tuple(name, fc.jsonValue()), { selector: ([name]) => name });
    const object = given.map((entries) => Object.fromEntries(entries));
    fc.assert(
      fc.property(object, fc.constantFrom(0, 1, '\t'), (value, indent) => {
        const { members, problem } = topMembers(JSON.stringify(value, undefined, indent), NAMES);
        const parsed = parseJson(JSON.stringify(value)) as Record<string, unknown>;
        const wanted = NAMES.filter((name) => Object.hasOwn(parsed, name)).map((name) => {
          const member = parsed[name];
          return [name, typeof member === 'object' && member !== null ? NESTED : member];
        });
        expect(problem).toBeUndefined();
        expect(members).toEqual(Object.fromEntries(wanted));
      }),
    );
  });
});

describe('isTextDeeperThan', () => {
  const nested = (levels: number) => '[{"a":'.repeat(levels / 2) + '}]'.repeat(levels / 2);

  it('counts levels of lists and objects', () => {
    expect(isTextDeeperThan(nested(10), 10)).toBe(false);
    expect(isTextDeeperThan(nested(12), 10)).toBe(true);
    expect(isTextDeeperThan('['.repeat(1_000_000), 2001)).toBe(true);
  });

  it('does not count what stands side by side, or in strings', () => {
    expect(isTextDeeperThan(`[${'[],'.repeat(100)}[]]`, 2)).toBe(false);
    expect(isTextDeeperThan(JSON.stringify({ a: '[[["[[[', 'b\\': '{{{{' }), 1)).toBe(false);
    expect(isTextDeeperThan('{"a":"[[[[[[', 1)).toBe(false);
  });
});

describe('a form', () => {
  it('is what says so and does not look like JSON', () => {
    expect(isForm('application/x-www-form-urlencoded; charset=utf-8', 'a=1')).toBe(true);
    expect(isForm('application/x-www-form-urlencoded', ' {"a":1}')).toBe(false);
    expect(isForm('application/json', 'a=1')).toBe(false);
    expect(isForm(undefined, 'a=1')).toBe(false);
  });

  it('gives some of its fields', () => {
    expect(formFields('x=1&bk_app_code=a%20b&n=&bk%5Ftoken=t+t', NAMES, { isCut: false })).toEqual({
      bk_app_code: 'a b',
      n: '',
      bk_token: 't t',
    });
    expect(formFields('n=1&n=2&&n', NAMES, { isCut: false })).toEqual({ n: '2' });
  });

  it('gives no field that may go on behind the cut', () => {
    expect(formFields('bk_app_code=a&n=12', NAMES, { isCut: true })).toEqual({ bk_app_code: 'a' });
    expect(formFields('n=12', NAMES, { isCut: true })).toEqual({});
  });
});
