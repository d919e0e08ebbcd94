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
