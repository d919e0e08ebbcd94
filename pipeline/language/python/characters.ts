// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const BLANK = /[\s\x1c-\x1f\x85]/u;

/** Python's str.isspace() of one character: JavaScript's \s plus four separators and NEL, without the BOM. */
export function isBlank(character: string): boolean {
  return BLANK.test(character) && character !== '\ufeff';
}

/** Units of work to ask of one character what it is. */
export const CLASSIFIED = 12;

/** str.isprintable() of one character. */
export function isPrintable(character: string): boolean {
  return character === ' ' || !/[\p{C}\p{Z}]/u.test(character);
}

/** What stands behind a backslash for a character that cannot be seen, in texts and in replacements. */
export const CONTROL_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
};
