import { GantryError } from '../../base/error';

/**
 * @param what what is counted, or measured
 * @param size how much of it there is, as far as it was counted
 * @throws GantryError `too_large`
 */
export function requireSize(what: string, size: number, max: number): void {
  if (size <= max) return;
  throw new GantryError('too_large', `the inventory is too large: there may be ${max} ${what}, send it in parts`, {
    reason: { code: 'too_large', args: { what, bytes: size, max } },
  });
}
