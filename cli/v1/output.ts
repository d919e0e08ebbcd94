import { stringifyJson } from '../../base/json';

/** Prints what the API answers, and nothing else. */
export function printJson(value: unknown): void {
  process.stdout.write(`${stringifyJson(value, 2)}\n`);
}

/** What is said beside what was asked for, so that a pipe gets that alone. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
