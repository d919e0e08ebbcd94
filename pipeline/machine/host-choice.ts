import type { Json } from '../json';

/**
 * For which hosts of a step a new attempt is (docs/hosts.md, "Retry and again"): those on which it is not done, all, or those
 * with these ids.
 */
export type HostChoice = 'unfinished' | 'all' | number[];

/** Ids that a choice may name: they travel with the request, the task's state and the attempt. */
export const MAX_CHOSEN_HOSTS = 10_000;

/** Why a text or list is no choice of hosts; undefined: it is one. */
export function wrongChoice(hosts: Json): string | undefined {
  if (hosts === 'unfinished' || hosts === 'all') return undefined;
  const isList = Array.isArray(hosts) && hosts.length > 0 && hosts.length <= MAX_CHOSEN_HOSTS;
  if (isList && hosts.every((id) => typeof id === 'number' && Number.isSafeInteger(id) && id > 0)) return undefined;
  return `hosts is "unfinished", "all", or 1 to ${MAX_CHOSEN_HOSTS} ids of hosts`;
}
