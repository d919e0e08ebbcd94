/** NUL and halves of surrogate pairs fit into no database and no message of Temporal's. */
export function isText(value: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(value);
}

/** Characters of a text as people count them in code points; a pair of surrogates is one. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

/** Whether a text has more characters (code points) than so many. */
export function isLonger(text: string, max: number): boolean {
  return text.length > max && characterCount(text) > max;
}

/** A text of at most so many characters, for messages: of a longer one the beginning, which ends in no half of a character. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
