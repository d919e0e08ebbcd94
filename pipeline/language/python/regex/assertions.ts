import { isOf, isOfAscii } from './characters';
import type { Assertion } from './nodes';

const LINE_END = 0x0a;

/** Whether an assertion holds at a place of a well formed text, in UTF-16 units. */
export function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return at === text.length;
    case 'line-start':
      return at === 0 || text.charCodeAt(at - 1) === LINE_END;
    case 'line-end':
      return at === text.length || text.charCodeAt(at) === LINE_END;
    case 'last-line-end':
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === LINE_END);
    default: {
      // In an empty text Python finds neither `\b` nor `\B`.
      if (text === '') return false;
      const isWord = assertion.isAscii ? isOfAscii : isOf;
      const before = at > 0 && isWord('word', codeBefore(text, at));
      const after = at < text.length && isWord('word', text.codePointAt(at)!);
      return (before !== after) !== assertion.isNegated;
    }
  }
}

function codeBefore(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && at > 1 ? text.codePointAt(at - 2)! : unit;
}
