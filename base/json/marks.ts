import { afterNumber, afterString, isLargeWhole, isName, nextToken } from './scan';

/**
 * Stands in front of digits in a string that is a number: JSON's own reader and writer know none that keep all digits. A
 * string of somebody's that begins with it gets another one in front, so that there is no text that is taken for a number.
 */
export const MARK = '\ue00a';
const ESCAPED_MARK = /^\\ue00a/i;

/** As many as Python takes. What is longer costs more by the digit, and is no number that anybody reckons with. */
const MAX_DIGITS = 4_300;

/**
 * A JSON text with its large whole numbers as marked strings. What is no JSON stays none.
 *
 * @throws RangeError when one has too many digits
 */
export function withMarks(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let at = nextToken(text, 0); at < text.length; at = nextToken(text, at)) {
    const start = at;
    if (text[start] === '"') {
      at = afterString(text, start);
      if (at < 0) break;
      if (!beginsWithMark(text, start + 1) || isName(text, at)) continue;
      parts.push(text.slice(copied, start + 1), MARK);
      copied = start + 1;
    } else {
      at = afterNumber(text, start);
      const token = text.slice(start, at);
      // A name that is a number is none: it must not become one that is a string.
      if (!isLargeWhole(token) || isName(text, at)) continue;
      requireShort(token);
      parts.push(text.slice(copied, start), '"', MARK, token, '"');
      copied = at;
    }
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

/** @throws RangeError */
export function requireShort(token: string): void {
  if (token.replace('-', '').length <= MAX_DIGITS) return;
  throw new RangeError(`a whole number has more than ${MAX_DIGITS} digits`);
}

function beginsWithMark(text: string, at: number): boolean {
  return text[at] === MARK || (text[at] === '\\' && ESCAPED_MARK.test(text.slice(at, at + 6)));
}

/** What a marked string stands for: a number, or the string that has one mark less. */
export function unmarked(text: string): bigint | string {
  return text[1] === MARK ? text.slice(1) : BigInt(text.slice(1));
}

/** A text that JSON's writer has made with marked strings in it, with the numbers that they stand for. */
export function withoutMarks(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  const opening = `"${MARK}`;
  for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) {
    // A quote within a string.
    if (text[at - 1] === '\\') continue;
    const end = afterString(text, at);
    if (isName(text, end)) continue;
    const inner = at + opening.length;
    if (text[inner] === MARK) parts.push(text.slice(copied, at + 1), text.slice(inner, end));
    else parts.push(text.slice(copied, at), text.slice(inner, end - 1));
    copied = end;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}
