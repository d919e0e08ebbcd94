import { REFERENCE } from './declaration';
import { inputEvaluatorOf } from './evaluators';

/** A simple command as far as it has been read. */
export interface Command {
  /** Its words without their quotes; a parameter is a NUL in them. */
  words: string[];
  /** The commands that are joined by `|`, this one among them. */
  pipeline: Command[];
  /** What refers to a parameter in it: flagged when it turns out later what it is for. */
  references: number[];
}

/** Where a list of commands is read: the script itself, `(…)`, `$(…)`, and the items of an array. */
export interface Commands {
  kind: 'commands';
  isArray: boolean;
  command: Command;
  /** The word that has begun. */
  word: { text: string; isQuoted: boolean } | undefined;
  isRedirected: boolean;
  /** For every `case` that is open: where in it. */
  cases: ('subject' | 'pattern' | 'body')[];
}

export interface HereDocument {
  kind: 'here-document';
  delimiter: string;
  isQuoted: boolean;
  hasTabs: boolean;
  command: Command;
}

export type Frame =
  | Commands
  | HereDocument
  | { kind: 'single' | 'double' | 'ansi' | 'comment' | 'backticks' }
  | { kind: 'braces'; hasQuotes: boolean }
  | { kind: 'arithmetic'; closes: '))' | ']'; depth: number };

/** A parameter that a script refers to. */
export interface Reference {
  name: string;
  at: number;
  end: number;
  /** What it stands in, the outermost first. */
  frames: readonly Frame[];
}

/** What hears of a script as it is read. */
export interface Listener {
  /** @returns what is to stand there instead */
  reference(reference: Reference): string;
  /** What turns out to be a program, or to be reckoned, after it has been passed. */
  evaluated(references: readonly number[], what: string): void;
  odd(at: number, what: 'backslash' | 'dollar' | 'delimiter'): void;
}

/** After these, the next word is a command again. */
const RESERVED = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'while', 'until', '{', '}', '!', 'time']);
const HERE_DOCUMENT = /<<(-?)[ \t]*((?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s;&|<>()'"\\])+)/y;
/** What follows the name in `${name…}` and is no pattern: quotes in it are those of the text around it. */
const BRACES = /\$\{(?:[#!]?(?:\w+|[@*?$!#-])(?:\[[^\]{]*\])?)?(:?[-=+?])?/y;
const RECKONS = /^-(eq|ne|lt|le|gt|ge|v)$/;

/** Reads shell text from its beginning to its end, and knows at every place what quoting it stands in. */
export class Scanner {
  readonly #text: string;
  readonly #listener: Listener;
  readonly #frames: Frame[] = [newCommands()];
  readonly #hereDocuments: HereDocument[] = [];
  #at = 0;
  #out = '';

  constructor(text: string, listener: Listener) {
    this.#text = text;
    this.#listener = listener;
  }

  /** The text with every reference replaced. */
  run(): string {
    while (this.#at < this.#text.length) this.#step();
    const [script] = this.#frames;
    if (script?.kind === 'commands') this.#endCommand(script);
    return this.#out;
  }

  #step(): void {
    const frame = this.#frames.at(-1)!;
    if (frame.kind === 'comment') {
      if (this.#is('\n')) this.#frames.pop();
      else this.#copy(1);
      return;
    }
    if (frame.kind === 'here-document' && this.#isLineStart() && this.#endsHereDocument(frame)) return;
    const reference = this.#match(REFERENCE);
    if (reference) return this.#reference(reference[1]!, reference[0].length);
    switch (frame.kind) {
      case 'commands':
        return this.#commands(frame);
      case 'single':
        return this.#until("'");
      case 'ansi':
        return this.#is('\\') ? this.#copy(2) : this.#until("'");
      case 'double':
        return this.#substitution() ? undefined : this.#until('"');
      case 'here-document':
        if (frame.isQuoted || !this.#substitution()) this.#copy(1);
        return;
      case 'backticks':
        return this.#is('\\') ? this.#copy(2) : this.#until('`');
      case 'braces':
        if (this.#substitution()) return;
        if (frame.hasQuotes && this.#is("'")) return this.#push({ kind: 'single' }, 1);
        if (this.#is('"')) return this.#push({ kind: 'double' }, 1);
        return this.#until('}');
      case 'arithmetic':
        return this.#arithmetic(frame);
    }
  }

  #commands(frame: Commands): void {
    if (this.#is("$'")) return this.#quote({ kind: 'ansi' }, 2);
    if (this.#is("'")) return this.#quote({ kind: 'single' }, 1);
    if (this.#is('"')) return this.#quote({ kind: 'double' }, 1);
    if (this.#substitution()) return;
    const isTest = frame.command.words[0] === '[[';
    switch (this.#text[this.#at]) {
      case '\n':
        if (isTest) this.#endWord(frame);
        else this.#endCommand(frame);
        this.#copyOnly(1);
        this.#beginHereDocument();
        return;
      case ' ':
      case '\t':
      case '\r':
        this.#endWord(frame);
        return this.#copyOnly(1);
      case '#':
        if (frame.word) break;
        return this.#push({ kind: 'comment' }, 1);
      case ';':
        this.#endCommand(frame);
        if (this.#is(';;') || this.#is(';&')) setPhase(frame, 'pattern');
        return this.#copyOnly(this.#is(';;&') ? 3 : this.#is(';;') || this.#is(';&') ? 2 : 1);
      case '&':
      case '|':
        return this.#operator(frame, isTest);
      case '(':
        return this.#open(frame, isTest);
      case ')':
        return this.#close(frame, isTest);
      case '<':
      case '>':
        return this.#redirection(frame, isTest);
    }
    this.#copy(1);
  }

  #operator(frame: Commands, isTest: boolean): void {
    const isRedirection = this.#is('&>') || /[<>]/.test(this.#out.at(-1) ?? '');
    if (isTest || isRedirection || frame.cases.at(-1) === 'pattern') this.#endWord(frame);
    else if (this.#is('|') && !this.#is('||')) this.#endCommand(frame, frame.command.pipeline);
    else this.#endCommand(frame);
    this.#copyOnly(this.#is('&&') || this.#is('||') ? 2 : 1);
  }

  #open(frame: Commands, isTest: boolean): void {
    const { word, command, cases } = frame;
    if (isTest || (cases.at(-1) === 'pattern' && !word)) return this.#copyOnly(1);
    if (!word && this.#is('((') && (command.words.length === 0 || command.words[0] === 'for')) {
      return this.#push({ kind: 'arithmetic', closes: '))', depth: 0 }, 2);
    }
    const inner = newCommands();
    inner.isArray = word?.text.endsWith('=') ?? false;
    this.#push(inner, 1);
  }

  #close(frame: Commands, isTest: boolean): void {
    // It may be the `esac` that the parenthesis comes after.
    this.#endWord(frame);
    if (isTest) return this.#copyOnly(1);
    if (frame.cases.at(-1) === 'pattern') {
      frame.command = newCommand();
      setPhase(frame, 'body');
      return this.#copyOnly(1);
    }
    this.#endCommand(frame);
    if (this.#frames.length > 1) {
      this.#frames.pop();
      const outer = this.#frames.at(-1);
      // After the parentheses of `f()` comes its body; after those of `$(…)` the word goes on.
      if (outer?.kind === 'commands' && !outer.word?.isQuoted && /^[\w-]+$/.test(outer.word?.text ?? '')) {
        outer.word = undefined;
        outer.command = newCommand();
      }
    }
    this.#copyOnly(1);
  }

  #redirection(frame: Commands, isTest: boolean): void {
    const here = this.#is('<<<') ? undefined : this.#match(HERE_DOCUMENT);
    if (/^\d+$/.test(frame.word?.text ?? '')) frame.word = undefined;
    this.#endWord(frame);
    if (here) {
      const [all, dash, word = ''] = here;
      if (word.includes('{{')) this.#listener.odd(this.#at, 'delimiter');
      this.#hereDocuments.push({
        kind: 'here-document',
        delimiter: word.replace(/'([^']*)'|"([^"]*)"|\\(.)/g, '$1$2$3'),
        isQuoted: /['"\\]/.test(word),
        hasTabs: dash === '-',
        command: frame.command,
      });
      return this.#copyOnly(all.length);
    }
    const length = this.#is('<<<') ? 3 : this.#is('>>') || this.#is('>|') || this.#is('<>') ? 2 : 1;
    if (!isTest && !/^\(/.test(this.#text.slice(this.#at + length))) frame.isRedirected = true;
    this.#copyOnly(length);
  }

  #arithmetic(frame: Extract<Frame, { kind: 'arithmetic' }>): void {
    if (this.#substitution()) return;
    if (this.#is('"')) return this.#push({ kind: 'double' }, 1);
    if (this.#is("'")) return this.#push({ kind: 'single' }, 1);
    if (frame.depth === 0 && this.#is(frame.closes)) {
      this.#frames.pop();
      return this.#copy(frame.closes.length);
    }
    if (this.#is('(')) frame.depth += 1;
    if (this.#is(')')) {
      frame.depth -= 1;
      if (frame.depth < 0) {
        // Two parentheses of commands after all: one of them is still open.
        this.#frames.splice(-1, 1, newCommands());
        return this.#copyOnly(1);
      }
    }
    this.#copy(1);
  }

  /** What has a meaning in double quotes too. */
  #substitution(): boolean {
    if (this.#is('\\')) {
      REFERENCE.lastIndex = this.#at + 1;
      if (REFERENCE.test(this.#text)) {
        this.#listener.odd(this.#at, 'backslash');
        this.#copy(1);
      } else this.#copy(2);
    } else if (this.#is('`')) this.#quote({ kind: 'backticks' }, 1);
    else if (this.#is('$((')) this.#quote({ kind: 'arithmetic', closes: '))', depth: 0 }, 3);
    else if (this.#is('$[')) this.#quote({ kind: 'arithmetic', closes: ']', depth: 0 }, 2);
    else if (this.#is('$(')) this.#quote(newCommands(), 2);
    else if (this.#is('${')) {
      REFERENCE.lastIndex = this.#at + 1;
      if (REFERENCE.test(this.#text)) {
        this.#listener.odd(this.#at, 'dollar');
        this.#copy(1);
        return true;
      }
      const [opening = '${', operator] = this.#match(BRACES) ?? [];
      const isInDouble = this.#frames.some(({ kind }) => kind === 'double' || kind === 'here-document');
      this.#quote({ kind: 'braces', hasQuotes: operator === undefined || !isInDouble }, opening.length);
    } else return false;
    return true;
  }

  #reference(name: string, length: number): void {
    const at = this.#at;
    this.#out += this.#listener.reference({ name, at, end: at + length, frames: this.#frames });
    const owner = this.#wordOwner();
    if (owner) owner.word = { text: `${owner.word?.text ?? ''}\0`, isQuoted: true };
    for (const frame of this.#frames) if (frame.kind === 'commands') frame.command.references.push(at);
    this.#at += length;
  }

  /** The commands whose word it is that goes on here, if it is no text of its own. */
  #wordOwner(): Commands | undefined {
    const frame = this.#frames.findLast(({ kind }) => kind !== 'single' && kind !== 'double' && kind !== 'ansi');
    return frame?.kind === 'commands' ? frame : undefined;
  }

  #endWord(frame: Commands): void {
    const { word, command, cases } = frame;
    frame.word = undefined;
    if (!word) return;
    if (frame.isRedirected) {
      frame.isRedirected = false;
      return;
    }
    const phase = cases.at(-1);
    if (!word.isQuoted && phase === 'subject' && word.text === 'in') {
      setPhase(frame, 'pattern');
      frame.command = newCommand();
      return;
    }
    if (phase === 'pattern' && word.text !== 'esac') return;
    const isFirst = command.words.length === 0 && !word.isQuoted;
    if (isFirst && phase !== undefined && word.text === 'esac') {
      cases.pop();
      frame.command = newCommand();
    } else if (isFirst && RESERVED.has(word.text)) return;
    else {
      command.words.push(word.text);
      if (isFirst && word.text === 'case') cases.push('subject');
      if (command.words[0] === '[[' && word.text === ']]') this.#endTest(frame);
    }
  }

  #endTest(frame: Commands): void {
    const operator = frame.command.words.find((word) => RECKONS.test(word));
    if (operator) this.#listener.evaluated(frame.command.references, `[[ … ${operator} … ]]`);
    frame.command = newCommand();
  }

  #endCommand(frame: Commands, pipeline?: Command[]): void {
    this.#endWord(frame);
    const { command } = frame;
    const at = command.pipeline.indexOf(command);
    const evaluator = at > 0 ? inputEvaluatorOf(command.words) : undefined;
    if (evaluator) {
      const before = command.pipeline.slice(0, at).flatMap(({ references }) => references);
      this.#listener.evaluated(before, `the standard input of ${evaluator}`);
    }
    frame.isRedirected = false;
    frame.command = newCommand(pipeline);
  }

  #beginHereDocument(): void {
    const next = this.#hereDocuments.shift();
    if (next) this.#frames.push(next);
  }

  #isLineStart(): boolean {
    return this.#text[this.#at - 1] === '\n';
  }

  #endsHereDocument({ delimiter, hasTabs }: HereDocument): boolean {
    const end = this.#text.indexOf('\n', this.#at);
    const line = this.#text.slice(this.#at, end < 0 ? undefined : end);
    if ((hasTabs ? line.replace(/^\t+/, '') : line) !== delimiter) return false;
    this.#frames.pop();
    this.#copyOnly(line.length + (end < 0 ? 0 : 1));
    this.#beginHereDocument();
    return true;
  }

  #is(start: string): boolean {
    return this.#text.startsWith(start, this.#at);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  /** Copies what stands there, which is part of the word that goes on. */
  #copy(length: number): void {
    const part = this.#text.slice(this.#at, this.#at + length);
    const owner = this.#wordOwner();
    const isLineJoined = part === '\\\n';
    if (owner && !isLineJoined && (this.#frames.at(-1) !== owner || !/^\s$/.test(part))) {
      owner.word = { text: `${owner.word?.text ?? ''}${part}`, isQuoted: owner.word?.isQuoted ?? false };
    }
    this.#copyOnly(length);
  }

  #copyOnly(length: number): void {
    this.#out += this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
  }

  /** Copies one character, and leaves the frame when it is the one that ends it. */
  #until(closes: string): void {
    if (!this.#is(closes)) return this.#copy(1);
    this.#frames.pop();
    this.#copyOnly(1);
  }

  #push(frame: Frame, length: number): void {
    this.#frames.push(frame);
    this.#copyOnly(length);
  }

  /** Goes into what is part of a word. */
  #quote(frame: Frame, length: number): void {
    const owner = this.#wordOwner();
    if (owner) owner.word = { text: owner.word?.text ?? '', isQuoted: true };
    this.#push(frame, length);
  }
}

function newCommand(pipeline: Command[] = []): Command {
  const command: Command = { words: [], pipeline, references: [] };
  pipeline.push(command);
  return command;
}

function newCommands(): Commands {
  return {
    kind: 'commands',
    isArray: false,
    command: newCommand(),
    word: undefined,
    isRedirected: false,
    cases: [],
  };
}

function setPhase(frame: Commands, phase: 'pattern' | 'body'): void {
  if (frame.cases.length > 0) frame.cases[frame.cases.length - 1] = phase;
}
