import { nextRandom } from '../../pipeline/machine/random';

const listOf = (text: string) => text.split('|');
const NAMES = listOf('web1|web2|db|db.example.com|a.b|WEB');
const QUOTED_NAMES = listOf('"my web"|my\\ web');
const PATTERNS = listOf('*|web*|*1|w?b1|*.example.com|d*b|??|*e*b*|web1*|!web2|!*2|!db*|!*');
const ADDRESSES = listOf(`10.0.0.1|%h.example.org|h%h|a%%b|"10.0.0.2"|Host.Example.COM|'x.y'|fd00::1|%%h`);
const WRONG_ADDRESSES = listOf('%n.example.org|a%');
const USERS = listOf(`deploy|"a b"|a\\ b|'q u'|ops#1|ops # 1|x=y|"in ""one"|a\\"b|=eq`);
const PORTS = listOf('22|2222|"23"|+24|0025|ssh|65535');
const JUMPS = [
  ...listOf('jump|u@jump:33|one,two|u@one:1,v@two:2,three|none|NONE|[fd00::9]:24|ssh://w@jump:55/|ssh://jump'),
  ...listOf('jump:|jump # why|a@b@jump|jump:ssh|u@db.example.com,web1|db|a.b'),
];
const WRONG = [
  ...listOf(
    'Port 0|Port 65536|Port x|Port -1|Port 22 23|Port = = 22|"Port"=22|User|User ""|User "a|User a b|HostName=',
  ),
  ...listOf(
    'Host|Host ""|Host web1 "db|ProxyJump|ProxyJump a,,b|ProxyJump @a|ProxyJump a:0|ProxyJump a/b|ProxyCommand',
  ),
  ...listOf('ProxyJump a:1:2|ProxyJump [a|ProxyJump ssh://a/b'),
];

/** A configuration for ssh, and names to ask it for. In some of them something is wrong on purpose. */
export interface SshConfig {
  text: string;
  names: string[];
}

/** One that any seed makes the same of: several sections that say different things of the same names. */
export function sshConfigOf(seed: number): SshConfig {
  const state = { seed };
  const below = (count: number) => Math.floor(nextRandom(state) * count);
  const pick = <T>(list: readonly T[]) => list[below(list.length)]!;
  const some = <T>(list: readonly T[], most: number) => Array.from({ length: 1 + below(most) }, () => pick(list));
  const isWrong = below(6) === 0;

  const written = (keyword: string) => pick([keyword, keyword.toLowerCase(), keyword.toUpperCase()]);
  const line = (keyword: string, rest: string) =>
    `${pick(['', '  ', '\t'])}${written(keyword)}${pick([' ', ' ', ' = ', '=', '\t', ' ='])}${rest}${pick(['', '', ' ', '\r'])}`;
  const settings = () =>
    some(['HostName', 'User', 'Port', 'ProxyJump', 'ProxyCommand', ''], 4).map((keyword) => {
      switch (keyword) {
        case 'HostName':
          return line(keyword, pick(below(20) === 0 ? WRONG_ADDRESSES : ADDRESSES));
        case 'User':
          return line(keyword, pick(USERS));
        case 'Port':
          return line(keyword, pick(PORTS) + pick(['', '', ' # a comment']));
        case 'ProxyJump':
          return line(keyword, pick(JUMPS));
        case 'ProxyCommand':
          return below(3) === 0 ? line(keyword, pick(['none', 'nc %h %p'])) : '';
        default:
          return pick(['', '# Port 9', '   #User nobody', 'Compression yes', 'IdentityFile "~/.ssh/a b"']);
      }
    });
  const sections = some(['section'], 5).flatMap(() => [
    line(
      'Host',
      [...some([...NAMES, ...QUOTED_NAMES], 2), ...(below(2) === 0 ? some(PATTERNS, 2) : [])].join(
        pick([' ', '  ', '\t']),
      ),
    ),
    ...settings(),
  ]);
  const names = some(NAMES, 2);
  const patterns = below(2) === 0 ? [line('Host', some(PATTERNS, 3).join(' ')), ...settings()] : [];
  // Now and then a host is a jump host on the way to itself.
  const above = [...(seed % 25 === 0 ? [line('ProxyJump', names[0]!)] : []), ...(below(4) === 0 ? settings() : [])];
  const lines = below(2) === 0 ? [...above, ...patterns, ...sections] : [...above, ...sections, ...patterns];
  if (isWrong) lines.splice(below(lines.length + 1), 0, pick(WRONG));
  return { text: `${lines.join('\n')}\n`, names };
}
