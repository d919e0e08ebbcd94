import { readFileSync } from 'node:fs';

/** Connections of a host that is under way, at the most, and all that has nothing to do with hosts. */
const FILES_A_HOST = 2;
const OTHER_FILES = 200;

/** What the kernel says of the limits of this process; empty where it does not. */
export function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

/**
 * Why so many hosts cannot be under way at once, and what to do; undefined where they can, or nobody knows.
 *
 * @param limits as `/proc/self/limits` has them
 */
export function openFilesProblem(limits: string, hostsParallel: number): string | undefined {
  const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
  const needed = hostsParallel * FILES_A_HOST + OTHER_FILES;
  if (soft === undefined || Number(soft) >= needed) return undefined;
  return (
    `this process may have ${soft} files open, and ${hostsParallel} hosts at once take up to ${needed}: connections will fail. ` +
    `Raise the limit (ulimit -n ${needed}, LimitNOFILE=${needed} of the service), or lower GANTRY_HOSTS_PARALLEL`
  );
}
