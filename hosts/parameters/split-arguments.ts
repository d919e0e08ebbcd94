/**
 * Splits a line into arguments as a shell splits its words, and expands nothing: `$`, backticks, `*`, `~` and all else
 * mean themselves.
 *
 * @returns the arguments; or where quotes begin that have no end
 * @example splitArguments(`a "b c" d\\ e`) // { words: ['a', 'b c', 'd e'] }
 */
export function splitArguments(text: string): { words: string[] } | { problem: string } {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    const openedAt = at;
    at += 1;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    // A line that goes on in the next one.
    if (char === '\\' && text[at] === '\n') {
      at += 1;
      continue;
    }
    word ??= '';
    if (char === '\\') {
      word += text[at] ?? char;
      at += 1;
    } else if (char === "'") {
      const end = text.indexOf("'", at);
      if (end < 0) return unclosed(openedAt);
      word += text.slice(at, end);
      at = end + 1;
    } else if (char === '"') {
      const end = endOfDouble(text, at);
      if (end < 0) return unclosed(openedAt);
      word += text.slice(at, end).replace(/\\([$`"\\\n])/g, (_, escaped: string) => (escaped === '\n' ? '' : escaped));
      at = end + 1;
    } else word += char;
  }
  if (word !== undefined) words.push(word);
  return { words };
}

function endOfDouble(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function unclosed(at: number): { problem: string } {
  return { problem: `the quotes that begin at character ${at + 1} have no end` };
}
