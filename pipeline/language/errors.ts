export type ExpressionErrorKind = 'syntax' | 'type' | 'value' | 'missing_variable' | 'limit';

/** Why an expression has no value. In a template the fragment then stays as written (spec 4.1); conditions report it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(
    readonly kind: ExpressionErrorKind,
    message: string,
  ) {
    super(message);
  }
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
