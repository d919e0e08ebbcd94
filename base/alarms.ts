import type { Log } from './log';

/** Something that a person has to look at. */
export interface Alarm {
  name: string;
  message: string;
}

/** What is the matter with this process' work, for the log and for `/readyz`. */
export class Alarms {
  readonly #raised = new Map<string, string>();

  constructor(private readonly log: Log) {}

  /** Says it in the log when it is new, and in `/readyz` until it is over. */
  raise(name: string, message: string): void {
    if (this.#raised.get(name) === message) return;
    this.#raised.set(name, message);
    this.log.error({ alarm: name }, message);
  }

  clear(name: string): void {
    if (this.#raised.delete(name)) this.log.info({ alarm: name }, 'the alarm is over');
  }

  list(): Alarm[] {
    return [...this.#raised].map(([name, message]) => ({ name, message }));
  }
}
