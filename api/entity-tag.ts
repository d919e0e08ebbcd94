import { hash } from 'node:crypto';
import { stringifyJson } from '../base/json';

/** A weak entity tag: of answers that mean the same, though they may differ in how long something has lasted. */
export function entityTag(facts: unknown): string {
  return `W/"${hash('md5', stringifyJson(facts), 'base64url')}"`;
}

/** Whether an `If-None-Match` header has a tag among its own; weak and strong ones are compared alike. */
export function isTagOf(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const bare = (text: string) => text.trim().replace(/^W\//, '');
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((one) => bare(one) === bare(tag));
}
