import type { ErrorKind, GantryError } from '../base/error';
import type { Reason, Step } from '../base/reason';
import type { EnteredProject } from '../db/admission';
import { isOurs } from './failure';

/**
 * How an endpoint, or a family, says some of the errors of use cases in its own words, or under another code.
 *
 * @example { step: 'unfold', of: ['refused'], text: '[API] fast_create_task create pipeline error: ' }
 */
export interface Wording {
  /** Errors of this step alone; absent: of all but those that read what was sent. */
  step?: Step;
  /** Errors of these kinds alone; absent: of all. That a server is away is always said as it is. */
  of?: readonly ErrorKind[];
  /** What kind they become; absent: they keep theirs. */
  as?: ErrorKind;
  /** What stands in front of the message, or what is made of it; absent: it stays. */
  text?: string | ((message: string, facts: WordingFacts) => string);
}

/** What a text may be made of. */
export interface WordingFacts {
  /** Of the request's path. */
  ids: Record<string, number>;
  /** What the endpoint was given; empty for errors of step `input`. */
  input: Readonly<Record<string, unknown>>;
  project?: EnteredProject | undefined;
  /** The error's. */
  reason?: Reason | undefined;
}

/**
 * An error in the words of the first wording that means it, after which its step has been said; other errors are what they
 * were.
 */
export function reworded<E>(
  error: E,
  wordings: readonly Wording[],
  facts: Omit<WordingFacts, 'reason'> = { ids: {}, input: {} },
): E | GantryError {
  if (!isOurs(error) || error.kind === 'unavailable') return error;
  const { kind, message, reason } = error;
  const wording = wordings.find(
    ({ step, of }) =>
      (step === undefined ? !isReading(error.step) : step === error.step) && (of?.includes(kind) ?? true),
  );
  if (!wording) return error;
  const { as = kind, text = '' } = wording;
  return error.as(as, typeof text === 'string' ? text + message : text(message, { ...facts, reason }), null);
}

/** Before the use case. */
function isReading(step: Step | undefined): boolean {
  return step === 'body' || step === 'input';
}
