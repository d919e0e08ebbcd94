const BLANK = /[ \t\r\n]/;

/**
 * The words of a line as Python's shlex has them, with comments: quotes are taken off, a backslash guards what follows it
 * (within double quotes only `"` and itself), and `#` ends the line wherever it stands outside of quotes.
 *
 * @example wordsOf(`web1 motd="hello world" # the first`) // ['web1', 'motd=hello world']
 * @returns undefined when a quote is not closed, or nothing follows a backslash
 */
export function wordsOf(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (char === '#') break;
    if (BLANK.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word ??= '';
    if (char === '"' || char === "'") {
      const quoted = quotedAt(line, at);
      if (!quoted) return undefined;
      word += quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      at += 1;
      if (at === line.length) return undefined;
      word += line[at];
    } else word += char;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** What stands between the quote and its fellow, and where that is. */
function quotedAt(line: string, start: number): { text: string; end: number } | undefined {
  const quote = line[start]!;
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at]!;
    if (char === quote) return { text, end: at };
    const next = line[at + 1];
    if (quote === '"' && char === '\\' && (next === quote || next === '\\')) {
      text += next;
      at += 1;
    } else text += char;
  }
  return undefined;
}
