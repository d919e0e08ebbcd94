import { CONTROL_ESCAPES } from './characters';
import { syntaxError } from './errors';

export type Token =
  | { kind: 'name'; text: string; at: number }
  | { kind: 'operator'; text: string; at: number }
  | { kind: 'int'; text: string; at: number }
  | { kind: 'float'; text: string; at: number }
  | { kind: 'string'; text: string; at: number }
  | { kind: 'bytes'; text: string; at: number }
  | { kind: 'end'; text: ''; at: number };

const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:[eE][+-]?\d+(?:_\d+)*)?/y;
const OPERATOR = /\*\*|\/\/|<<|>>|<=|>=|==|!=|:=|[-+*/%@&|^~<>()[\]{},:.;=!?$`\\]/y;
const STRING_START = /([rRbBuUfF]{0,2})('''|"""|'|")/y;

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/** Tokens of one expression. A line end counts as a blank inside brackets only, as in Python, unless all line ends are blanks. */
export function tokenize(source: string, lineEnds: 'errors' | 'blanks' = 'errors'): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let brackets = 0;
  while (at < source.length) {
    const character = source[at]!;
    if (character === ' ' || character === '\t' || character === '\f') {
      at++;
      continue;
    }
    if (character === '\n' || character === '\r') {
      if (brackets === 0 && lineEnds === 'errors') throw syntaxError('line end outside of brackets');
      at++;
      continue;
    }
    const token = readString(source, at) ?? readNumber(source, at) ?? readName(source, at) ?? readOperator(source, at);
    if (!token) throw syntaxError(`unexpected character at ${at}`);
    if (token[0].kind === 'operator') brackets += bracketStep(token[0].text);
    tokens.push(token[0]);
    at = token[1];
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function bracketStep(operator: string): number {
  if (operator === '(' || operator === '[' || operator === '{') return 1;
  return operator === ')' || operator === ']' || operator === '}' ? -1 : 0;
}

function readName(source: string, at: number): [Token, number] | undefined {
  const match = matchAt(NAME, source, at);
  // NFKC as Python does, so that a full-width letter cannot spell a forbidden name.
  return match ? [{ kind: 'name', text: match[0].normalize('NFKC'), at }, at + match[0].length] : undefined;
}

function readOperator(source: string, at: number): [Token, number] | undefined {
  const match = matchAt(OPERATOR, source, at);
  return match ? [{ kind: 'operator', text: match[0], at }, at + match[0].length] : undefined;
}

function readNumber(source: string, at: number): [Token, number] | undefined {
  if (!/[0-9.]/.test(source[at]!)) return undefined;
  const text = matchAt(NUMBER, source, at)?.[0] ?? '';
  if (!/\d/.test(text)) return undefined;
  const next = at + text.length;
  if (
    /[0-9a-zA-Z_\u0080-\uffff]/.test(source[next] ?? ' ') &&
    !/^(?:and|or|in|if|else|is|not|for)\b/.test(source.slice(next, next + 5))
  ) {
    throw syntaxError('invalid number');
  }
  if (/^0\d/.test(text) && !/^0+$/.test(text.replaceAll('_', '')) && !/[.eE]/.test(text)) {
    throw syntaxError('leading zeros in an integer');
  }
  const isFloat = !/^0[xXoObB]/.test(text) && /[.eE]/.test(text);
  return [{ kind: isFloat ? 'float' : 'int', text: text.replaceAll('_', ''), at }, next];
}

function readString(source: string, at: number): [Token, number] | undefined {
  const start = matchAt(STRING_START, source, at);
  if (!start) return undefined;
  const prefix = start[1]!.toLowerCase();
  if (!['', 'r', 'b', 'u', 'f', 'rb', 'br', 'fr', 'rf'].includes(prefix))
    throw syntaxError(`string prefix ${prefix} is not supported`);
  const mark = start[2]!;
  const raw = prefix.includes('r');
  const bytes = prefix.includes('b');
  let text = '';
  let position = at + start[0].length;
  while (!source.startsWith(mark, position)) {
    const character = source[position];
    if (character === undefined || (character === '\n' && mark.length === 1)) throw syntaxError('unterminated string');
    if (character !== '\\') {
      text += character;
      position++;
    } else if (raw) {
      text += source.slice(position, position + 2);
      position += 2;
    } else {
      const [value, length] = readEscape(source, position, bytes);
      text += value;
      position += length;
    }
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (bytes && /[^\u0000-\u00ff]/.test(text)) throw syntaxError('bytes can only contain ASCII characters');
  // Without braces, which no fragment can have, an f-string is only a string.
  if (prefix.includes('f') && /[{}]/.test(text)) throw syntaxError('f-strings are not supported');
  return [{ kind: bytes ? 'bytes' : 'string', text, at }, position + mark.length];
}

const SIMPLE_ESCAPES: Record<string, string> = { ...CONTROL_ESCAPES, "'": "'", '"': '"', '\n': '' };

/** The text of an escape and how many characters it took; an unknown one stands for itself, as in Python. */
function readEscape(source: string, at: number, bytes: boolean): [string, number] {
  const next = source[at + 1];
  if (next === undefined) throw syntaxError('unterminated string');
  const simple = SIMPLE_ESCAPES[next];
  if (simple !== undefined) return [simple, 2];
  const octal = /^[0-7]{1,3}/.exec(source.slice(at + 1, at + 4));
  if (octal) return [String.fromCharCode(Number.parseInt(octal[0], 8)), 1 + octal[0].length];
  const width = next === 'x' ? 2 : bytes ? 0 : next === 'u' ? 4 : next === 'U' ? 8 : 0;
  if (width > 0) {
    const digits = source.slice(at + 2, at + 2 + width);
    const code = Number.parseInt(digits, 16);
    if (digits.length < width || !/^[0-9a-fA-F]+$/.test(digits) || code > 0x10ffff) throw syntaxError('bad escape');
    return [String.fromCodePoint(code), 2 + width];
  }
  if (next === 'N' && !bytes) throw syntaxError('named characters are not supported');
  return [`\\${next}`, 2];
}
