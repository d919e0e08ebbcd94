/**
 * The arguments of a keyword as OpenSSH takes them apart: between blanks, in quotes of either kind, a backslash before a quote, a
 * backslash or, outside quotes, a blank; what begins with `#` is a comment.
 *
 * @returns undefined when a quote is not closed
 */
export function argumentsIn(rest: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < rest.length; index += 1) {
    const character = rest[index]!;
    const isBlank = quote === '' && (character === ' ' || character === '\t');
    if (word === undefined) {
      if (isBlank) continue;
      if (character === '#') return words;
      word = '';
    }
    if (isBlank) {
      words.push(word);
      word = undefined;
    } else if (character === '\\' && isEscaped(rest[index + 1], quote)) {
      index += 1;
      word += rest[index]!;
    } else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    else word += character;
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
}

function isEscaped(next: string | undefined, quote: string): boolean {
  return next === '"' || next === "'" || next === '\\' || (next === ' ' && quote === '');
}
