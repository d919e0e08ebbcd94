/** What is said for who runs an installation: a message with facts beside it. */
export type Say = (facts: object, message: string) => void;

/** A log, as pino has it. */
export interface Log {
  info: Say;
  warn: Say;
  error: Say;
}
