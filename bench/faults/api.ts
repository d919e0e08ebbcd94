import { setTimeout as delay } from 'node:timers/promises';
import { authorization, type Envelope } from '../../cli/client';
import type { Credentials } from '../../stack/home';

const CALL_TIMEOUT_MS = 15_000;
const RETRY_MS = 250;
const UNAVAILABLE = 503;

/** A caller that does not give up: it goes from one API process to the next until one of them has answered. */
export class PersistentApi {
  #next = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly credentials: Credentials,
  ) {}

  /**
   * @param path below `/apigw/`
   * @returns the first answer that is not "try again later"
   * @throws Error when there was none within `withinMs`
   */
  async call(method: 'GET' | 'POST', path: string, body: unknown, withinMs: number): Promise<Envelope> {
    const giveUpAt = Date.now() + withinMs;
    for (;;) {
      const answer = await this.#try(method, path, body);
      if (answer) return answer;
      if (Date.now() > giveUpAt) throw new Error(`${path} was not answered within ${withinMs / 1000} s`);
      await delay(RETRY_MS);
    }
  }

  async #try(method: string, path: string, body: unknown): Promise<Envelope | undefined> {
    const url = this.urls[this.#next++ % this.urls.length];
    try {
      const response = await fetch(`${url}/apigw/${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...authorization(this.credentials) },
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return response.status === UNAVAILABLE ? undefined : ((await response.json()) as Envelope);
    } catch {
      return undefined; // Refused, cut off or too slow: what a process that dies looks like.
    }
  }
}
