import type { ReasonCode, Step } from '../../base/reason';
import type { Failure, FailureKind } from '../failure';

/** Codes of failures in the document: they are the HTTP status too (orion §0). */
export type Code = 400 | 404 | 500;

/** How the document says some of an endpoint's failures. */
export interface Saying {
  means(failure: Failure): boolean;
  /** Absent: the kind's. */
  code?: Code;
  text: string | ((failure: Failure) => string);
}

const SENT: readonly (Step | undefined)[] = ['body', 'input'];

/** What is wrong with what was sent, before the use case: no JSON, fields that are missing or of another type. */
export function badInput(text: Saying['text'], code: Code = 400): Saying {
  return { code, text, means: ({ step }) => SENT.includes(step) };
}

/** Only what cannot be parsed at all. */
export function badBody(text: Saying['text'], code: Code = 400): Saying {
  return { code, text, means: ({ step }) => step === 'body' };
}

/** That there is no such thing, by what the reason says it is: `pool`, `cluster`. */
export function missing(what: string, text: Saying['text'], code: Code = 404): Saying {
  return { code, text, means: ({ reason }) => reason?.code === 'not_found' && reason.args.what === what };
}

/** A reason; with `of`, only where its arguments are these. */
export function because(
  code: ReasonCode,
  text: Saying['text'],
  status: Code = 400,
  of: Readonly<Record<string, unknown>> = {},
): Saying {
  const isOf = (args: object) =>
    Object.entries(of).every(([name, value]) => Object.entries(args).some(isSame(name, value)));
  return {
    code: status,
    text,
    means: ({ reason, step }) => reason?.code === code && !SENT.includes(step) && isOf(reason.args),
  };
}

function isSame(name: string, value: unknown) {
  return ([other, given]: [string, unknown]) => other === name && given === value;
}

/** Who may not ask, and servers that are away: these are said alike of all endpoints. */
const OF_NO_ENDPOINT: readonly FailureKind[] = ['unauthenticated', 'forbidden', 'too_many', 'unavailable', 'internal'];

/** How an endpoint says a failure, when it has words for it. */
export function sayingOf(says: readonly Saying[] = [], failure: Failure): Saying | undefined {
  return OF_NO_ENDPOINT.includes(failure.kind) ? undefined : says.find(({ means }) => means(failure));
}

/** Of one kind, when nothing before has meant it. */
export function ofKind(kind: FailureKind, text: Saying['text'], code?: Code): Saying {
  return { ...(code ? { code } : {}), text, means: (failure) => failure.kind === kind };
}

/**
 * That something else needs it, in the original's words.
 *
 * @param words of the document for what may need it
 */
export function isUsing(what: string, words: Readonly<Record<string, string>>, code: Code): Saying {
  return {
    code,
    means: ({ reason }) => reason?.code === 'in_use',
    text({ details: [user] = [] }) {
      const { kind, id, name } = user as { kind: string; id: number; name: string };
      const word = words[kind] ?? kind;
      return `${what} is using ! ${word} id:${id},${word} name:${name}`;
    },
  };
}
