/** What takes any of its arguments for a program, or for something to be reckoned. */
const ALL_ARGUMENTS = new Set(['eval', 'let', 'trap', 'alias', 'ssh', 'slogin', 'watch']);
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'mksh', 'zsh', 'rbash', 'csh', 'tcsh', 'fish']);
/** What has a program as the argument after this option. */
const AFTER_OPTION = new Map<string, RegExp>([
  ...[...SHELLS].map((name): [string, RegExp] => [name, /^[-+]\w*c$/]),
  ...['su', 'runuser', 'flock', 'script'].map((name): [string, RegExp] => [name, /^(-\w*c|--command)$/]),
  ['python', /^-\w*c$/],
  ['perl', /^-\w*[eE]$/],
  ['ruby', /^-\w*e$/],
  ['node', /^(-\w*[ep]|--eval|--print)$/],
  ['php', /^-\w*r$/],
]);
/** The option and the program in one word. */
const WITH_OPTION = /^(-(?!-)|--(command|eval|print)=)/;
/** What takes names of variables, in which a shell reckons what stands in brackets. */
const NAMES = new Set(['read', 'unset', 'declare', 'typeset', 'local', 'readonly', 'export', 'getopts', 'mapfile']);
const AWKS = new Set(['awk', 'gawk', 'mawk', 'nawk']);
/** What runs another program, which is one of the words that follow. */
const WRAPPERS = new Set(
  'sudo env nohup time timeout nice ionice exec command builtin xargs setsid stdbuf find doas chroot nsenter'.split(
    ' ',
  ),
);
const ASSIGNMENT = /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/;

/** The words of a command without the assignments before it, and from what is run on. */
function commandOf(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !ASSIGNMENT.test(word));
  const rest = first < 0 ? [] : words.slice(first);
  if (!WRAPPERS.has(baseName(rest[0]))) return rest;
  const inner = rest.findIndex((word, index) => index > 0 && isEvaluator(baseName(word)));
  return inner < 0 ? rest : rest.slice(inner);
}

function isEvaluator(name: string): boolean {
  return ALL_ARGUMENTS.has(name) || AFTER_OPTION.has(name) || NAMES.has(name) || AWKS.has(name);
}

/** `python` of `/usr/bin/python3.11`. */
function baseName(word = ''): string {
  return word.slice(word.lastIndexOf('/') + 1).replace(/^(python|perl|ruby|php)[\d.]+$/, '$1');
}

/** Whether the word after these is the name of what is run. */
export function isCommandNext(words: readonly string[]): boolean {
  return words.every((word) => ASSIGNMENT.test(word));
}

/**
 * What would take a word for more than data, if anything does.
 *
 * @param before the words of the command before it
 * @param word what comes before the parameter in the word itself
 * @returns its name, as a person knows it
 */
export function evaluatorOf(before: readonly string[], word: string): string | undefined {
  const [head, ...given] = commandOf(before);
  const name = baseName(head);
  if (/^\w+\[[^\]]*$/.test(word) && isCommandNext(before)) return 'a subscript';
  if (ALL_ARGUMENTS.has(name)) return name;
  if (NAMES.has(name)) {
    if (given.some((option) => /^-\w*i/.test(option))) return `${name} -i`;
    return ASSIGNMENT.test(word) ? undefined : name;
  }
  if (AWKS.has(name)) return isFirstOperand(given, ['-v', '-F', '-f']) && !word.startsWith('-') ? name : undefined;
  const previous = given.at(-1);
  if (['printf', 'test', '['].includes(name) && previous === '-v') return `${name} -v`;
  const option = AFTER_OPTION.get(name);
  if (!option) return undefined;
  if (WITH_OPTION.test(word)) return `${name} ${word.slice(0, word.startsWith('--') ? word.indexOf('=') : 2)}`;
  const at = given.findIndex((argument) => option.test(argument));
  const isProgram = at >= 0 && given.slice(at + 1).every((argument) => /^[-+]/.test(argument));
  return isProgram ? `${name} ${given[at]}` : undefined;
}

/** Whether no word so far was what a program is told to work on. */
function isFirstOperand(given: readonly string[], withValue: readonly string[]): boolean {
  return (
    given.every((word, index) => word.startsWith('-') || withValue.includes(given[index - 1] ?? '')) &&
    !withValue.includes(given.at(-1) ?? '')
  );
}

/** Whether ssh, with these arguments, hands its input to a shell on the other side: it does when it is given no command. */
function isShellThere(given: readonly string[]): boolean {
  const operands = given.filter(
    (word, index) => !word.startsWith('-') && !/^-\w*[bcDEeFIiJLlmOopQRSWw]$/.test(given[index - 1] ?? ''),
  );
  const command = operands.slice(1).join(' ');
  return command === '' || command.split(/[^\w.-]+/).some((word) => SHELLS.has(word) || word === 'su');
}

/** What takes its standard input for a program, if it does. */
export function inputEvaluatorOf(words: readonly string[]): string | undefined {
  const [head, ...given] = commandOf(words);
  const name = baseName(head);
  if (name === 'su') return name;
  if (name === 'ssh' || name === 'slogin') return isShellThere(given) ? name : undefined;
  const option = AFTER_OPTION.get(name);
  if (!option || given.some((word) => option.test(word))) return undefined;
  const operand = given.find((word) => !/^[-+]./.test(word));
  return operand === undefined || operand === '-' || given.includes('-s') ? name : undefined;
}
