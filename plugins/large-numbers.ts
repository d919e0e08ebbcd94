import { z } from 'zod';

const { MAX_SAFE_INTEGER } = Number;

/**
 * Has schemas say of a whole number beyond 2^53 what they say of any that is too large, instead of what JavaScript calls it.
 * For all schemas of a process: whoever serves requests or runs plugins calls it.
 */
export function nameLargeNumbers(): void {
  z.config({ customError: (issue) => (typeof issue.input === 'bigint' ? complaint(issue, issue.input) : undefined) });
}

type Issue = Parameters<NonNullable<ReturnType<typeof z.config>['customError']>>[0];

function complaint(issue: Issue, value: bigint): string | undefined {
  if (wantsNumber(issue)) {
    return value > 0n
      ? `Too big: expected number to be <=${MAX_SAFE_INTEGER}`
      : `Too small: expected number to be >=-${MAX_SAFE_INTEGER}`;
  }
  return issue.code === 'invalid_type' ? `Invalid input: expected ${issue.expected}, received number` : undefined;
}

function wantsNumber(issue: Issue): boolean {
  if (issue.code === 'invalid_union') return issue.errors.flat().some((inner) => isOfNumber(inner));
  return isOfNumber(issue);
}

function isOfNumber(issue: { code?: string | undefined; expected?: unknown }): boolean {
  return issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int');
}
