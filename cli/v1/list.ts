import { Misuse } from '../misuse';
import { harmless } from '../table/width';
import type { Query, V1Client } from './client';

/** As much as a page of any list may have. */
const PAGE = 200;
const MAX_NAMED = 20;

interface Page<T> {
  items: T[];
  /** Absent where a list is short, and whole. */
  next?: number | null;
}

/** The first things of a list, and after which there are more. */
export async function firstOf<T>(
  client: V1Client,
  path: string,
  most: number,
  query: Query = {},
): Promise<{ items: T[]; next: number | null }> {
  const items: T[] = [];
  let next: number | null = 0;
  while (next !== null && items.length < most) {
    const limit = Math.min(PAGE, most - items.length);
    const page: Page<T> = await client.get<Page<T>>(path, { ...query, limit, after: next });
    items.push(...page.items);
    next = page.next ?? null;
  }
  return { items, next };
}

/** All things of a list. */
export async function allOf<T>(client: V1Client, path: string, query: Query = {}): Promise<T[]> {
  return (await firstOf<T>(client, path, Number.POSITIVE_INFINITY, query)).items;
}

/**
 * The thing of a list that is called so, or has the id.
 *
 * @param kind what it is, for messages
 * @param nameOf its name
 * @throws Misuse naming those that there are
 */
export async function oneOf<T extends { id: number }>(
  client: V1Client,
  path: string,
  text: string,
  { kind, nameOf }: { kind: string; nameOf(item: T): string },
): Promise<T> {
  const items = await allOf<T>(client, path);
  const isId = /^\d+$/.test(text);
  const found = items.filter((item) => (isId ? item.id === Number(text) : nameOf(item) === text));
  if (found.length === 1) return found[0]!;
  const named = (found.length > 0 ? found : items)
    .slice(0, MAX_NAMED)
    .map((one) => `  ${one.id}  ${harmless(nameOf(one))}`);
  if (found.length > 1)
    throw new Misuse(`several ${kind}s are called ${text}: say which by its id\n${named.join('\n')}`);
  const there = items.length === 0 ? 'there is none' : `there are\n${named.join('\n')}`;
  const more = items.length > MAX_NAMED ? `\n  and ${items.length - MAX_NAMED} more` : '';
  throw new Misuse(`there is no ${kind} ${harmless(text)}: ${there}${more}`);
}
