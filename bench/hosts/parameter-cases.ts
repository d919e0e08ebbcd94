import type { Declaration } from '../../hosts/parameters/declaration';
import { Dice, seededRandom } from '../random';

/** A script with parameters `x` (text), `n` (integer) and `l` (list), and what it has to print. */
interface Context {
  script: string;
  prints(values: Values): string;
}

interface Values {
  x: string;
  n: string;
  l: string[];
}

export interface ParameterCase {
  script: string;
  declared: ReadonlyMap<string, Declaration>;
  values: ReadonlyMap<string, string | readonly string[]>;
  arguments: string[];
  prints: string;
}

/** What shells do something about, alone and put together. Whatever is run by mistake leaves a file. */
const PIECES = [
  ...["'", '"', '\\', '`', '$', '$$', '$HOME', '${HOME}', '$((1+1))', '\\\n', '\n', '\r', '\t', ' ', '  two  '],
  ...['$(touch PWNED)', '`touch PWNED`', "'; touch PWNED; '", '"; touch PWNED; "', ';touch PWNED', '\ntouch PWNED\n'],
  ...['&& touch PWNED', '| touch PWNED', 'a[$(touch PWNED)]', '} touch PWNED', ') touch PWNED', 'EOF\ntouch PWNED\n'],
  ...[
    '\nEOF\n',
    'EOF',
    '{{x}}',
    '{{',
    '}}',
    '*',
    '/*',
    '?',
    '[a-z]',
    '~',
    '!',
    '!!',
    '#',
    '# ',
    '-rf',
    '--help',
    '-',
    '=',
  ],
  ...[
    '%s',
    '%n',
    '\\n',
    '\\0',
    ';',
    '&',
    '|',
    '>',
    '<',
    '<<EOF',
    '(',
    ')',
    '{',
    '}',
    'é',
    '漢字',
    '🎉',
    '\u0301',
    '\u2028',
  ],
  ...['\x01', '\x1b[31m', '\x7f', '\u00a0', '', '0', 'a'],
];

const P = "printf '%s|' ";

export const CONTEXTS: readonly Context[] = [
  { script: `${P}{{x}}`, prints: ({ x }) => `${x}|` },
  { script: `${P}a{{x}}b{{ x }}`, prints: ({ x }) => `a${x}b${x}|` },
  { script: `${P}"{{x}}"`, prints: ({ x }) => `${x}|` },
  { script: `${P}--net="{{x}}" z`, prints: ({ x }) => `--net=${x}|z|` },
  { script: `${P}'{{x}}'`, prints: ({ x }) => `${x}|` },
  { script: `${P}'a{{x}}b{{x}}'c"d"`, prints: ({ x }) => `a${x}b${x}cd|` },
  { script: `v={{x}}; w="a {{x}}" ; ${P}"$v" "$w"`, prints: ({ x }) => `${x}|a ${x}|` },
  { script: `export v='{{x}}'\n${P}"$v"`, prints: ({ x }) => `${x}|` },
  { script: `cat <<EOF\n["{{x}}"] '\nEOF\n${P}end`, prints: ({ x }) => `["${x}"] '\nend|` },
  { script: `cat <<-EOF\n\t[{{x}}]\n\tEOF\n${P}{{x}}`, prints: ({ x }) => `[${x}]\n${x}|` },
  { script: `cat <<A; cat <<B\n{{x}}\nA\n"{{x}}\nB\n${P}'{{x}}'`, prints: ({ x }) => `${x}\n"${x}\n${x}|` },
  { script: `cat <<'EOF'\n$HOME ' "\nEOF\n${P}'{{x}}'`, prints: ({ x }) => `$HOME ' "\n${x}|` },
  { script: `${P}"$(printf %sX {{x}})"`, prints: ({ x }) => `${x}X|` },
  { script: `${P}"a$(printf %sX "{{x}}")b"`, prints: ({ x }) => `a${x}Xb|` },
  { script: `${P}"$(printf %sX '{{x}}' # it's )\n)"`, prints: ({ x }) => `${x}X|` },
  { script: `${P}"$(cat <<EOF\n{{x}}.\nEOF\n)"`, prints: ({ x }) => `${x}.|` },
  { script: `if [ {{x}} = "{{x}}" ]; then ${P}same; else ${P}'{{x}}'; fi`, prints: () => 'same|' },
  { script: `case {{x}} in "{{x}}") ${P}hit ;; *) ${P}miss ;; esac`, prints: () => 'hit|' },
  { script: `case a in b | c) ;; (a) ${P}'{{x}}' ;; esac; ${P}{{x}}`, prints: ({ x }) => `${x}|${x}|` },
  { script: `${P}"$(case a in a) printf %s. {{x}};; esac)" "{{x}}"`, prints: ({ x }) => `${x}.|${x}|` },
  { script: `for i in {{x}} "{{x}}"; do ${P}"$i"; done`, prints: ({ x }) => `${x}|${x}|` },
  { script: `f() { ${P}"$1" ; }; f {{x}}`, prints: ({ x }) => `${x}|` },
  { script: `( ${P}{{x}} ) && { ${P}{{x}}; } || :`, prints: ({ x }) => `${x}|${x}|` },
  { script: `# it's {{x}}\n${P}{{x}} # "`, prints: ({ x }) => `${x}|` },
  { script: `${P}a#'{{x}}' \\# {{x}}`, prints: ({ x }) => `a#${x}|#|${x}|` },
  { script: `${P}\\"{{x}}\\" "\\"{{x}}"`, prints: ({ x }) => `"${x}"|"${x}|` },
  { script: `${P}$((1+(2*3))) {{x}} "$(( (1) ))"`, prints: ({ x }) => `7|${x}|1|` },
  { script: `${P}"\${Z:-a"b"}" {{x}}`, prints: ({ x }) => `ab|${x}|` },
  { script: `v=a.b.c; ${P}"\${v%'.c'}" '{{x}}' "\${v#*.}"`, prints: ({ x }) => `a.b|${x}|b.c|` },
  { script: `${P}\`echo "q'"\` {{x}}`, prints: ({ x }) => `q'|${x}|` },
  { script: `${P}-- {{x}} | cat`, prints: ({ x }) => `--|${x}|` },
  { script: `(set -eu; ${P}{{ x }})`, prints: ({ x }) => `${x}|` },
  { script: `sh -c '${P.replaceAll("'", '"')}"$1"' sh {{x}}`, prints: ({ x }) => `${x}|` },
  { script: `printf %s. {{x}} > f 2>&1; cat f`, prints: ({ x }) => `${x}.` },
  { script: `printf '%s.' '{{x}}' | while IFS= read -r v; do :; done; ${P}{{x}}`, prints: ({ x }) => `${x}|` },
  { script: `${P}$(( {{n}} + 1 )) "$(({{n}}*2))"`, prints: ({ n }) => `${BigInt(n) + 1n}|${BigInt(n) * 2n}|` },
  { script: `eval "v={{n}}"; ${P}"$v" '{{n}}'`, prints: ({ n }) => `${n}|${n}|` },
  { script: `${P}"a" {{l}} 'z'`, prints: ({ l }) => `a|${l.map((item) => `${item}|`).join('')}z|` },
  { script: `for i in {{l}}; do ${P}"$i"; done`, prints: ({ l }) => l.map((item) => `${item}|`).join('') },
];

/** A script of a few contexts, with values for all of its parameters: the same one for the same seed and number. */
export function parameterCase(seed: number, index: number): ParameterCase {
  const dice = new Dice(seededRandom(seed * 1_000_003 + index));
  const l = Array.from({ length: dice.below(4) }, () => value(dice));
  const values: Values = { x: value(dice), n: String(dice.below(2_000_000) - 1_000_000), l };
  const some = Array.from({ length: 1 + dice.below(3) }, () => dice.pick(CONTEXTS));
  // One of them in turn: a small number of cases has all of them.
  const contexts = [CONTEXTS[index % CONTEXTS.length]!, ...some];
  const given = Array.from({ length: dice.below(3) }, () => value(dice));
  return {
    script: [...contexts.map(({ script }) => script), `${P}"$#" "$@"`].join('\n'),
    declared: new Map<string, Declaration>([
      ['x', { type: 'text' }],
      ['n', { type: 'integer' }],
      ['l', { type: 'list', count: l.length }],
    ]),
    values: new Map<string, string | readonly string[]>(Object.entries(values)),
    arguments: given,
    prints: [
      ...contexts.map(({ prints }) => prints(values)),
      [String(given.length), ...given].map((word) => `${word}|`).join(''),
    ].join(''),
  };
}

function value(dice: Dice): string {
  return Array.from({ length: dice.below(6) }, () => dice.pick(PIECES)).join('');
}
