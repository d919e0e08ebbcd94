import { randomBytes } from 'node:crypto';

/** Random hex digits in stock, and how many of them have been given out. */
let digits = '';
let digitsUsed = 0;

/** 32 characters as upstream makes them: the kind's letter and 31 hex digits (bk-sops §3). */
export function newId(kind: 'node' | 'flow'): string {
  if (digitsUsed === digits.length) {
    // A thousand at once: to ask for the random bytes of one takes longer than all else about it.
    digits = randomBytes(16 * 1024).toString('hex');
    digitsUsed = 0;
  }
  digitsUsed += 32;
  return (kind === 'node' ? 'n' : 'l') + digits.slice(digitsUsed - 31, digitsUsed);
}
