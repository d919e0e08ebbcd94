import { stringifyJson } from '../../base/json';

/** Prints what the API answers, and nothing else. */
export function printJson(value: unknown): void {
  process.stdout.write(`${stringifyJson(value, 2)}\n`);
}

/** What is said beside what was asked for, so that a pipe gets that alone. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Says what was done: the thing itself with `--json`, else a line. Its exit code. */
export function tell({ json }: { json?: boolean | undefined }, value: object, line: string): number {
  if (json) printJson(value);
  else process.stdout.write(`${line}\n`);
  return 0;
}
