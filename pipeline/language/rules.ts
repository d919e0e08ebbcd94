import { LIMITS, type Limits, OLD_LIMITS } from './limits';

/**
 * The rules by which a run renders, fixed when it starts, so that a running task keeps its results when the language
 * changes. 1: a fragment that costs too much stays as written. 2: it fails its node, and sealed secrets are opaque.
 */
export type Language = 1 | 2;

export const NEWEST_LANGUAGE: Language = 2;

export function limitsOf(language: Language): Limits {
  return language === 1 ? OLD_LIMITS : LIMITS;
}
