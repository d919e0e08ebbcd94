import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

interface Patience<T> {
  /** Without it: anything but `undefined`, `null` and `false`. */
  isWanted?: (seen: T) => boolean;
  withinMs?: number;
  /** Between two looks. */
  everyMs?: number;
  /** Errors of a look mean "not yet" too; otherwise the first one is the test's. */
  despiteErrors?: boolean;
}

const MAX_SHOWN = 4000;

/**
 * Looks again and again until there is what is wanted; that is its result.
 *
 * @param what what is waited for, as a sentence: "the task ends"
 * @param withinMs 60 s if nothing is said; what came before that passes is not measured
 * @throws Error with `what` and what was seen last, or the error of the last look
 */
export function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  patience?: Patience<T> & { isWanted?: undefined },
): Promise<Exclude<T, undefined | null | false>>;
export function eventually<T>(what: string, look: () => T | Promise<T>, patience: Patience<T>): Promise<T>;
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { isWanted = isSomething, withinMs = 60_000, everyMs = 25, despiteErrors = false }: Patience<T> = {},
): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const seen = await attempt(look, despiteErrors);
    if ('value' in seen && isWanted(seen.value)) return seen.value;
    if (Date.now() > giveUpAt) {
      const last = 'value' in seen ? `last seen: ${show(seen.value)}` : `the last look failed: ${seen.cause}`;
      const cause = 'value' in seen ? {} : seen;
      throw new Error(`waited ${withinMs} ms in vain until ${what}; ${last}`, cause);
    }
    await delay(everyMs);
  }
}

async function attempt<T>(
  look: () => T | Promise<T>,
  despiteErrors: boolean,
): Promise<{ value: T } | { cause: unknown }> {
  try {
    return { value: await look() };
  } catch (cause) {
    if (!despiteErrors) throw cause;
    return { cause };
  }
}

function isSomething(seen: unknown): boolean {
  return seen !== undefined && seen !== null && seen !== false;
}

function show(seen: unknown): string {
  const text = inspect(seen, { depth: 6, breakLength: Number.POSITIVE_INFINITY });
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} and so on` : text;
}
