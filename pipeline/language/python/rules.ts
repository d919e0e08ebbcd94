import { LIMITS, type Limits, OLD_LIMITS } from './limits';

/**
 * The rules by which a run renders, fixed when it starts, so that a running task keeps its results when the language
 * changes. 1: a fragment that costs too much stays as written. 2: it fails its node, sealed secrets are opaque, fragments may
 * go over several lines, `str` knows the cases of letters as Python does (titles, final sigma, `casefold`), a slice of a range
 * ends where Python's does, regular expressions are matched as Python's are, where 1 has RE2's (what they cannot have fails
 * its node), matches and compiled patterns have all that Python's have, and whole numbers of the context have all their
 * digits, where 1 knows the nearest that JavaScript's numbers have.
 */
export type Language = 1 | 2;

export const NEWEST_LANGUAGE: Language = 2;

/** By which rules something that runs now renders. */
export function languageOf({ language = NEWEST_LANGUAGE }: { language?: Language }): Language {
  return language;
}

export function limitsOf(language: Language): Limits {
  return language === 1 ? OLD_LIMITS : LIMITS;
}
