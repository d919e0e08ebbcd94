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

/** The one error that handlers throw on purpose: its message is for the client. */
export class GantryError extends Error {
  override name = 'GantryError';

  constructor(
    readonly kind: ErrorKind,
    message: string,
    options?: ErrorOptions & {
      /** The problems one by one, each with its node or field. */
      details?: readonly unknown[];
      /** When the same request may be sent again. */
      retryAfterSeconds?: number;
    },
  ) {
    super(message, options);
    this.details = options?.details;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }

  /** The same problems as another kind of error, in other words. */
  as(kind: ErrorKind, message: string): GantryError {
    return new GantryError(kind, message, { cause: this, ...(this.details ? { details: this.details } : {}) });
  }

  readonly details: readonly unknown[] | undefined;
  readonly retryAfterSeconds: number | undefined;
}

/** @throws GantryError `invalid` with a line for each problem, and all of them in its details */
export function requireNone(problems: readonly { message: string }[]): void {
  if (problems.length === 0) return;
  throw new GantryError('invalid', problems.map(({ message }) => message).join('\n'), { details: problems });
}
