import type { Reason, Step } from './reason';

/** What went wrong, in terms that every API family can map to its own codes. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'wrong_state'
  /** A form field that is not acceptable (the APIs have a code of its own for it). */
  | 'validation'
  | 'refused'
  | 'too_large'
  | 'too_many'
  | 'unavailable';

/** What an error says besides its kind and its message. */
interface ErrorFacts {
  /** The problems one by one, each with its node or field. */
  details?: readonly unknown[] | undefined;
  /** When the same request may be sent again. */
  retryAfterSeconds?: number | undefined;
  /** Why, where it is one of the things that families have codes for. */
  reason?: Reason | undefined;
  /** Where in a use case it came, where endpoints have words of their own for that. */
  step?: Step | undefined;
}

/** The one error that handlers throw on purpose: its message is for the client. */
export class GantryError extends Error implements ErrorFacts {
  override name = 'GantryError';
  readonly details: readonly unknown[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly reason: Reason | undefined;
  readonly step: Step | undefined;

  constructor(
    readonly kind: ErrorKind,
    message: string,
    options: ErrorOptions & ErrorFacts = {},
  ) {
    super(message, options);
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.reason = options.reason;
    this.step = options.step;
  }

  /** The same problems as another kind of error, in other words; null: its step needs not be told any more. */
  as(kind: ErrorKind, message: string, step: Step | null = this.step ?? null): GantryError {
    const { details, retryAfterSeconds, reason } = this;
    return new GantryError(kind, message, { cause: this, details, retryAfterSeconds, reason, step: step ?? undefined });
  }
}

/** What is wrong with one field: it is named in the reason and in the details. */
export function wrongField(
  message: string,
  reason: Extract<Reason, { args: { field: string } }>,
  options: ErrorOptions & Pick<ErrorFacts, 'step'> = {},
): GantryError {
  return new GantryError('invalid', message, { ...options, reason, details: [{ field: reason.args.field, message }] });
}

/** Does a step of a use case: its errors say that they came there, unless they came in a step within it. */
export async function during<T>(step: Step, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GantryError) || error.step !== undefined) throw error;
    throw error.as(error.kind, error.message, step);
  }
}

/** @throws GantryError `invalid` with a line for each problem, and all of them in its details */
export function requireNone(problems: readonly { message: string }[]): void {
  if (problems.length === 0) return;
  throw new GantryError('invalid', problems.map(({ message }) => message).join('\n'), { details: problems });
}
