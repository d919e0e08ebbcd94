import { type Declaration, type Declarations, type Problem, variableOf } from './declaration';
import { evaluatorOf, inputEvaluatorOf, isCommandNext } from './evaluators';
import { type Frame, type Reference, Scanner } from './scanner';

export type Rewritten = { kind: 'rewritten'; script: string } | { kind: 'refused'; problems: Problem[] };

type Said = readonly [message: string, advice: string];

/** The end of a word, and perhaps of the quotes that it is in. */
const WORD_END = /^["']?(?:[\s;&|)]|$)/;

const VARIABLE_FIRST = 'assign it to a variable of its own first, and use that: v={{NAME}}';
const INTEGER = 'declare it as an integer; a number may stand there';
const AS_ARGUMENT = `give it as an argument of its own, as in: sh -c 'echo "$1"' sh {{NAME}}; or declare it as an integer`;

/**
 * Rewrites `{{name}}` in the text of a POSIX or bash script into references to the variables that the parameters come in
 * (`block.ts`), as the quoting around it asks for (docs/hosts.md, "Parameters"). No value is ever part of the script.
 *
 * @param declared the parameters that there are
 * @returns all places where no reference can be, when there is one
 * @example rewrite('echo {{who}}', new Map([['who', { type: 'text' }]])) // echo "${GANTRY_P_who}"
 */
export function rewrite(script: string, declared: Declarations): Rewritten {
  const problems = new Map<number, Problem>();
  const names = new Map<number, string>();
  const refuse = (at: number, [message, advice]: Said, name = names.get(at) ?? '') => {
    const fill = (text: string) => text.replaceAll('NAME', name);
    if (!problems.has(at)) problems.set(at, { ...placeOf(script, at), message: fill(message), advice: fill(advice) });
  };
  const scanner = new Scanner(script, {
    reference(reference) {
      const { name, at } = reference;
      names.set(at, name);
      const declaration = declared.get(name);
      const said: Said | undefined = declaration
        ? refusalOf(reference, declaration, script)
        : [
            'there is no parameter NAME',
            "declare it; braces that are meant as they are can be written as '{''{NAME}}'",
          ];
      if (said) refuse(at, said);
      return declaration && !said ? textOf(reference, declaration) : script.slice(at, reference.end);
    },
    evaluated(references, what) {
      for (const at of references) {
        if (declared.get(names.get(at)!)?.type !== 'integer') refuse(at, evaluated(what));
      }
    },
    odd(at, what) {
      refuse(at, ODD[what]);
    },
  });
  const rewritten = scanner.run();
  if (problems.size === 0) return { kind: 'rewritten', script: rewritten };
  return { kind: 'refused', problems: [...problems.values()].sort((a, b) => a.line - b.line || a.column - b.column) };
}

const ODD: Record<'backslash' | 'dollar' | 'delimiter', Said> = {
  backslash: ['a backslash before a parameter would make its value text', 'put the backslash into quotes of its own'],
  dollar: ['a $ before a parameter cannot be', 'leave the $ out'],
  delimiter: ['a parameter cannot be the delimiter of a here-document', 'use a word of your own'],
};

function evaluated(what: string): Said {
  return [`{{NAME}} would be run or reckoned by ${what}`, AS_ARGUMENT];
}

/** Why a parameter cannot stand where it does; undefined when it can. */
function refusalOf({ frames, end }: Reference, declaration: Declaration, script: string): Said | undefined {
  const frame = frames.at(-1)!;
  // Quotes inside ${…} and $((…)) mean other things to other shells.
  const around = frames.findLast(({ kind }) => kind !== 'single' && kind !== 'double')!;
  if (frame.kind === 'ansi')
    return ["{{NAME}} cannot be replaced inside $'…'", "close the quotes before it: $'…'{{NAME}}"];
  if (around.kind === 'backticks')
    return ['{{NAME}} cannot be replaced safely inside `…`', 'write $(…) instead of `…`'];
  if (around.kind === 'braces') return ['{{NAME}} cannot be replaced safely inside ${…}', VARIABLE_FIRST];
  if (frame.kind === 'here-document' && frame.isQuoted)
    return [
      '{{NAME}} is not replaced in a here-document whose delimiter is quoted',
      'leave out the quotes of the delimiter',
    ];
  if (declaration.type === 'integer') return undefined;
  if (declaration.type === 'list') {
    const isWord = frame.kind === 'commands' && !frame.word && WORD_END.test(script.slice(end));
    if (!isWord)
      return [
        'the list {{NAME}} can only stand as words of its own',
        'take it out of the quotes, with spaces around it',
      ];
  }
  for (const outer of frames) {
    const what = evaluatorIn(outer);
    if (what !== undefined)
      return what === 'arithmetic' ? ['{{NAME}} cannot be text where a shell reckons', INTEGER] : evaluated(what);
  }
  // With something before or after it, it is the path of a program.
  if (around.kind === 'commands' && isCommand(around) && !around.word?.text && WORD_END.test(script.slice(end))) {
    return [
      '{{NAME}} would decide which program is run',
      'write what may be run: case {{NAME}} in start) ./start ;; esac',
    ];
  }
  return undefined;
}

function isCommand({ command, isArray, isRedirected, cases }: Extract<Frame, { kind: 'commands' }>): boolean {
  const phase = cases.at(-1);
  return !isArray && !isRedirected && phase !== 'subject' && phase !== 'pattern' && isCommandNext(command.words);
}

function evaluatorIn(frame: Frame): string | undefined {
  if (frame.kind === 'arithmetic') return 'arithmetic';
  if (frame.kind === 'here-document') {
    const { command } = frame;
    const at = command.pipeline.indexOf(command);
    return command.pipeline
      .slice(at)
      .map(({ words }) => inputEvaluatorOf(words))
      .find(Boolean);
  }
  if (frame.kind !== 'commands' || frame.isRedirected) return undefined;
  if (frame.isArray) return frame.word?.text.startsWith('[') ? 'a subscript' : undefined;
  return evaluatorOf(frame.command.words, frame.word?.text ?? '');
}

function textOf({ name, frames }: Reference, declaration: Declaration): string {
  const reference = `\${${variableOf(name)}}`;
  switch (frames.at(-1)!.kind) {
    case 'double':
    case 'here-document':
    case 'arithmetic':
      return reference;
    case 'single':
      return `'"${reference}"'`;
    default:
      if (declaration.type !== 'list') return `"${reference}"`;
      return Array.from({ length: declaration.count }, (_, index) => `"\${${variableOf(name, index)}}"`).join(' ');
  }
}

function placeOf(script: string, at: number): { line: number; column: number } {
  const before = script.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}
