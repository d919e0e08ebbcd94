/** A line of an ssh configuration that says something. */
export interface ConfigLine {
  /** In lower case. */
  keyword: string;
  /** As it is written there. */
  written: string;
  /** All that follows, without blanks around it. */
  rest: string;
  at: string;
}

const BLANKS = ' \t\r';
const ENDS_OF_KEYWORD = `${BLANKS}"=`;

/** The lines of an ssh configuration, without empty ones and comments, as OpenSSH takes them apart. */
export function* configLines(text: string): Generator<ConfigLine> {
  let number = 0;
  for (const whole of text.replace(/^\ufeff/, '').split('\n')) {
    number += 1;
    const line = withoutBlanks(withoutEnd(whole));
    if (line === '' || line.startsWith('#')) continue;
    const { written, rest } = splitKeyword(line);
    yield { keyword: written.toLowerCase(), written, rest, at: `line ${number}` };
  }
}

/** A keyword may stand in double quotes; one equals sign may stand behind it. */
function splitKeyword(line: string): { written: string; rest: string } {
  const quoted = /^"([^"]*)"(.*)$/s.exec(line);
  if (quoted) return { written: quoted[1]!, rest: withoutBlanks(quoted[2]!) };
  let end = 0;
  while (end < line.length && !ENDS_OF_KEYWORD.includes(line[end]!)) end += 1;
  return { written: line.slice(0, end), rest: withoutBlanks(withoutBlanks(line.slice(end)).replace(/^=/, '')) };
}

/** Without the blanks at its end. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\f'.includes(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}

function withoutBlanks(text: string): string {
  return text.replace(/^[ \t\r]+/, '');
}
