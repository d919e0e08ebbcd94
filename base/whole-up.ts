/** Rounds up to a whole number. Products of what is not binary are a little more than they should be: 10 times 1.1 is not 12. */
export function wholeUp(value: number): number {
  return Math.ceil(Number(value.toFixed(9)));
}
