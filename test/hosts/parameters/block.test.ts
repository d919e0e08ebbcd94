import { parameterBlock } from '../../../hosts/parameters/block';
import type { Declaration } from '../../../hosts/parameters/declaration';
import { splitArguments } from '../../../hosts/parameters/split-arguments';

const TEXT = new Map<string, Declaration>([['x', { type: 'text' }]]);

describe('the values of parameters', () => {
  it('are quoted as they are, lists item by item, and come with the variables of the host and the arguments', () => {
    const declared = new Map<string, Declaration>([...TEXT, ['l', { type: 'list', count: 2 }]]);
    const values = new Map<string, string | string[]>([
      ['x', "it's $(x)\n"],
      ['l', ['', 'b']],
    ]);

    expect(parameterBlock({ values, hostVariables: new Map([['rack', 'r 1']]), arguments: ['a b'] }, declared)).toEqual(
      {
        block: [
          "export GANTRY_P_x='it'\\''s $(x)\n'",
          "export GANTRY_P_l_0=''",
          "export GANTRY_P_l_1='b'",
          "export GANTRY_HOST_rack='r 1'",
          "set -- 'a b'",
          '',
        ].join('\n'),
      },
    );
    expect(parameterBlock({ values: new Map() }, new Map())).toEqual({ block: 'set --\n' });
  });

  it.each([
    ['a NUL', 'a\0b', 'the value of x has a NUL, which no program can be given'],
    ['half a character', '\ud800', 'the value of x has half a character'],
    ['too much', 'é'.repeat(51_201), 'the value of x is 102402 bytes long, and 102400 is the limit'],
  ])('are refused when they have %s', (_, value, problem) => {
    expect(parameterBlock({ values: new Map([['x', value]]) }, TEXT)).toEqual({ problems: [problem] });
  });

  it('may be 100 KB each and 1 MB together', () => {
    const declared = new Map([...'abcdefghijk'].map((name): [string, Declaration] => [name, { type: 'text' }]));
    const values = (count: number) =>
      new Map([...'abcdefghijk'].map((name, index) => [name, index < count ? 'v'.repeat(102_400) : '']));

    expect(parameterBlock({ values: values(10) }, declared)).toHaveProperty('block');
    expect(parameterBlock({ values: values(11) }, declared)).toEqual({
      problems: ['all values together are 1126400 bytes, and 1048576 is the limit'],
    });
  });

  it('are what has been declared, and all of it', () => {
    const declared = new Map<string, Declaration>([
      ['n', { type: 'integer' }],
      ['l', { type: 'list', count: 1 }],
      ['x', { type: 'text' }],
      ['y', { type: 'text' }],
    ]);
    const values = new Map<string, string | string[]>([
      ['n', '1e3'],
      ['l', ['a', 'b']],
      ['x', ['a']],
      ['z', ''],
    ]);

    expect(parameterBlock({ values, hostVariables: new Map([['a-b', '']]) }, declared)).toEqual({
      problems: [
        'the value of n is no integer',
        'the value of l has 2 items, and 1 are declared',
        'the value of x has 1 items, and none are declared',
        'there is no parameter z',
        'y has no value',
        '"a-b" cannot be the name of a variable',
      ],
    });
  });

  it.each(['0', '-1', '007', '999999999999999999'])('are integers when they are like %s', (value) => {
    expect(parameterBlock({ values: new Map([['n', value]]) }, new Map([['n', { type: 'integer' }]]))).toHaveProperty(
      'block',
    );
  });

  it.each(['', '-', '+1', ' 1', '1\n', '0x10', '١', '1000000000000000000', 'a[$(x)]'])(
    'are no integers when they are like %j',
    (value) => {
      expect(parameterBlock({ values: new Map([['n', value]]) }, new Map([['n', { type: 'integer' }]]))).toEqual({
        problems: ['the value of n is no integer'],
      });
    },
  );
});

describe('a line of arguments', () => {
  it.each([
    ['', []],
    ['  a   b\tc\n d ', ['a', 'b', 'c', 'd']],
    [`'a b' "c d"e'f'`, ['a b', 'c def']],
    [`'' "" a""`, ['', '', 'a']],
    ['a\\ b \\"c \\\\', ['a b', '"c', '\\']],
    ['"a\\"b" "\\$x \\n \\\\" "a\\\nb" c\\\nd', ['a"b', '$x \\n \\', 'ab', 'cd']],
    [`'\\' '"'`, ['\\', '"']],
    ['$HOME `id` $(id) ~ * ? {a,b} ; | & > < # !', '$HOME `id` $(id) ~ * ? {a,b} ; | & > < # !'.split(' ')],
    ['end\\', ['end\\']],
  ])('%j is split as a shell does, and nothing is expanded', (line, words) => {
    expect(splitArguments(line)).toEqual({ words });
  });

  it('says where quotes begin that have no end', () => {
    expect(splitArguments("a 'b")).toEqual({ problem: 'the quotes that begin at character 3 have no end' });
    expect(splitArguments('"b\\"')).toEqual({ problem: 'the quotes that begin at character 1 have no end' });
  });
});
