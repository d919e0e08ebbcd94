/** Characters that take two columns of a terminal: those of Chinese, Japanese and Korean, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Those that take none: marks on others, and what only says how others are shown. */
const NONE = /[\p{M}\p{Cf}]/u;
/** Line ends, what terminals do things by, and what turns the direction of a row. */
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** A text that a terminal shows and does nothing by, whoever wrote it. */
export function harmless(text: string): string {
  return text.replace(CONTROL, '\ufffd');
}

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfOne(character);
  return width;
}

/** A text in so many columns: cut off, or with blanks behind it. */
export function fitted(text: string, columns: number): string {
  const width = widthOf(text);
  if (width <= columns) return text + ' '.repeat(columns - width);
  let cut = '';
  let taken = 0;
  for (const character of text) {
    const next = widthOfOne(character);
    if (taken + next > columns - 1) break;
    cut += character;
    taken += next;
  }
  return `${cut}…${' '.repeat(columns - taken - 1)}`;
}

function widthOfOne(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
