import type { Type } from './signatures';

/** Ready-made values of a type: those that cost nothing, and those that make what is done with them expensive. */
interface Leaves {
  small: readonly string[];
  big: readonly string[];
}

export const LEAVES: Record<Type, Leaves> = {
  text: {
    small: ["''", "'a'", "'ab c'", "'1,2,3'", "'😀'", "'%s-%5d'", "'/etc/passwd'", "'2024-02-29'", 'name'],
    big: [
      "'a'*900000",
      "'ab '*300000",
      "'ā'*900000",
      "'😀'*400000",
      "'é\\n'*200000",
      "'1'*900000",
      "'%s'*3000",
      "'a/'*100000",
      "'a,'*40000",
      'big',
      'emoji',
      'lines',
      'digits',
      'blanks',
      "'\\ud800'*300000",
    ],
  },
  int: {
    small: ['0', '1', '-1', '7', '100', 'n', '0xff'],
    big: ['900000', '10**4000', '2**13000', "int('9'*4000)", '-10**3000', '10**9', '2**53'],
  },
  float: { small: ['0.5', '1e3', '-2.25', 'x'], big: ['1e308', "float('inf')", "float('nan')", '1e-300'] },
  bool: { small: ['True', 'False', 'yes'], big: ['True'] },
  bytes: {
    small: ["b''", "b'abc'"],
    big: ["('a'*900000).encode()", 'big.encode()', "('ā'*400000).encode()", 'emoji.encode()'],
  },
  list: {
    small: ['[]', '[1]', "['a', 'b']", '[1, 2.5, None, True]'],
    big: [
      'list(range(30000))',
      '[1]*90000',
      "['a'*300]*300",
      '[[1]*300]*300',
      '[[[1]*300]*300]*100',
      "['a'*900000]*100",
      '[big]*50',
      'numbers',
      'texts',
      'table',
      'deep',
      'shared',
      'lines.split()',
      'list(big)[:20000]',
    ],
  },
  tuple: {
    small: ['()', '(1,)', "('a', 2)"],
    big: ["('a'*900000,)*100", 'tuple(range(30000))', '((1,)*300,)*300', 'tuple(texts)'],
  },
  set: {
    small: ['set()', "set(['a', 'b'])"],
    big: ['set(range(30000))', 'set((i, i) for i in range(3000))', 'set(texts)', 'set([big, emoji])', 'set(numbers)'],
  },
  dict: {
    small: ['dict()', "dict(a=1, b='c')", 'table[0]'],
    big: [
      'dict.fromkeys(range(30000))',
      'dict(zip(range(9000), range(9000)))',
      "dict((str(i)*100, 'a'*i) for i in range(900))",
      'dict.fromkeys([(i, big) for i in range(20)])',
      'wide',
      'dict([(big, emoji)])',
      'dict(a=[[1]*300]*300)',
      'T',
    ],
  },
  view: { small: ['dict(a=1).items()'], big: ['wide.keys()', 'wide.values()', 'wide.items()', 'dict(wide).keys()'] },
  range: { small: ['range(3)'], big: ['range(100000)', 'range(10**9)', 'range(-900000, 900000, 7)'] },
  pattern: { small: ["re.compile('a')"], big: ["re.compile('(a|b|ab)*c')", "re.compile(r'(\\w+)\\s*', re.I)"] },
  match: { small: ["re.search('a', 'cab')"], big: ["re.search('(a*)(a*)', 'a'*100000)", "re.match('.*', lines)"] },
  hash: { small: ["hashlib.md5(b'a')"], big: ["hashlib.sha512(('a'*900000).encode())", 'hashlib.md5(big.encode())'] },
  date: { small: ['datetime.date.today()'], big: ['datetime.date(9999, 12, 31)'] },
  datetime: { small: ['datetime.datetime.now()'], big: ['datetime.datetime(1, 1, 1)'] },
  delta: { small: ['datetime.timedelta(1)'], big: ['datetime.timedelta(10**8)'] },
  clock: { small: ['time.gmtime(0)'], big: ['time.localtime()'] },
  none: { small: ['None'], big: ['None'] },
};

/** What patterns are searched with, cheap and dear. Braces cannot stand in a fragment. */
export const PATTERNS = [
  "'a'",
  "'[^a]'",
  "''",
  "'.'",
  "'.*'",
  "'(a|b)*c'",
  "'(a*)*b'",
  "'(.*)(.*)(.*)x'",
  "'(a?)'*30+'a'*30",
  "r'\\w+\\s'",
  "r'(?i)(?P<w>[a-z]+)\\b'",
  "'|'.join(['ab%d' % i for i in range(90)])",
  "'(?:'*40+'a'+')*'*40",
  "'[😀-😂]+'",
  "r'^|$'",
] as const;

/** Directives of the percent operator. */
export const DIRECTIVES = [
  '%s',
  '%r',
  '%a',
  '%d',
  '%x',
  '%o',
  '%e',
  '%.3f',
  '%g',
  '%c',
  '%%',
  '%.1s',
  '%900s',
  '%-90000s',
  '%*d',
  '%.*f',
  '%05d',
  '%+i',
  '%.90000f',
  '%#x',
] as const;

export const DATE_FORMATS = [
  "'%Y-%m-%d'",
  "'%Y'*50000",
  "'%c%x%X'*9000",
  "'a'*900000",
  "'%j %U %H:%M:%S.%f'",
  "'%'*1000",
] as const;
