export type ExpressionErrorKind = 'syntax' | 'type' | 'value' | 'missing_variable' | 'limit' | 'sealed' | 'unsupported';

/**
 * Why an expression has no value. In a template the fragment then stays as written (bk-sops §4.1); conditions report
 * it.
 */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(
    readonly kind: ExpressionErrorKind,
    message: string,
    /** How many places are named in front of the message. */
    readonly places = 0,
  ) {
    super(message);
  }
}

/** Whether an error ends the whole expression: nothing that looks for another way may go on after it. */
export function isFinal(error: unknown): boolean {
  // The engine's own stack is the last of the limits. By name: in a V8 sandbox the error may be of another realm.
  return (error as Error).name === 'RangeError' || (error instanceof ExpressionError && FINAL.has(error.kind));
}

/** An error that ends an expression, with the place where it happened in front; any other as it is. */
export function placed(place: string, error: unknown): unknown {
  if (!isFinal(error)) return error;
  if (!(error instanceof ExpressionError)) return limitError(`${place}: nested over the limit of the engine`);
  return new ExpressionError(error.kind, `${place}: ${error.message}`, error.places + 1);
}

/** Runs something that is named in the errors that end it: an input, a parameter, an output. */
export function within<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw placed(place, error);
  }
}

const FINAL: ReadonlySet<ExpressionErrorKind> = new Set<ExpressionErrorKind>(['limit', 'sealed', 'unsupported']);

export function sealedError(message: string): ExpressionError {
  return new ExpressionError('sealed', message);
}

/** For what the original can do and we never will: said, where other errors leave a fragment as it is. */
export function unsupportedError(message: string): ExpressionError {
  return new ExpressionError('unsupported', message);
}

export function syntaxError(message: string): ExpressionError {
  return new ExpressionError('syntax', message);
}

export function typeError(message: string): ExpressionError {
  return new ExpressionError('type', message);
}

export function valueError(message: string): ExpressionError {
  return new ExpressionError('value', message);
}

export function limitError(message: string): ExpressionError {
  return new ExpressionError('limit', message);
}
