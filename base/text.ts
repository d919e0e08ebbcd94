/** NUL and halves of surrogate pairs fit into no database and no message of Temporal's. */
export function isText(value: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(value);
}
