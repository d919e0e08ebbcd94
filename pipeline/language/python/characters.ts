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
