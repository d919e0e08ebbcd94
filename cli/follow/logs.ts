import type { ShownLog } from '../../api/v1/answers';
import type { V1Client } from '../v1/client';
import { Lines } from './lines';
import { isOpen, logPathOf, type SeenHost } from './model';
import { patiently } from './patient';

const PIECE = 256 * 1024;
/** Hosts whose logs are read at once. */
const AT_ONCE = 8;

interface Reading {
  lines: Lines;
  from: number;
  isDone: boolean;
}

/**
 * Reads what hosts write, each from its beginning and once, as far as it is said to go. What a host has written in an earlier
 * attempt, which a later one goes by, is the same log.
 */
export class LogReader {
  readonly #readings = new Map<string, Reading>();

  constructor(
    private readonly client: V1Client,
    private readonly project: string,
    private readonly print: (host: SeenHost, lines: readonly string[]) => Promise<void>,
    private readonly signal = new AbortController().signal,
  ) {}

  /** Prints of some hosts all that there is by now. */
  async read(hosts: readonly SeenHost[]): Promise<void> {
    const byLog = new Map(hosts.map((host) => [logPathOf(host), host]));
    const waiting = [...byLog.values()].filter((host) => this.#isBehind(host));
    const one = async () => {
      for (let host = waiting.shift(); host; host = waiting.shift()) await this.#advance(host);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
  }

  /** Prints all that one host has written by now, and what comes after its last line end too. */
  async readToEnd(host: SeenHost): Promise<void> {
    await this.#advance(host);
    const { lines } = this.#of(host);
    const rest = lines.end();
    if (rest.length > 0) await this.print(host, rest);
  }

  #isBehind(host: SeenHost): boolean {
    const { from, isDone } = this.#of(host);
    return !isDone && (from < host.log_bytes || !isOpen(host));
  }

  async #advance(host: SeenHost): Promise<void> {
    const reading = this.#of(host);
    const path = `${this.project}${logPathOf(host)}`;
    while (!reading.isDone && this.#isBehind(host) && !this.signal.aborted) {
      const { to, text, is_complete } = await patiently(
        () => this.client.get<ShownLog>(path, { from: reading.from, max: PIECE }),
        this.signal,
      );
      const isStuck = to === reading.from;
      reading.from = to;
      reading.isDone = is_complete;
      const lines = reading.lines.take(text);
      if (is_complete) lines.push(...reading.lines.end());
      if (lines.length > 0) await this.print(host, lines);
      // Half a character at the end: the rest comes later.
      if (isStuck) return;
    }
  }

  #of(host: SeenHost): Reading {
    const key = logPathOf(host);
    const known = this.#readings.get(key) ?? { lines: new Lines(), from: 0, isDone: false };
    this.#readings.set(key, known);
    return known;
  }
}
