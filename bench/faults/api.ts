import { setTimeout as delay } from 'node:timers/promises';
import { authorization, type Envelope } from '../../cli/client';
import type { Credentials } from '../../stack/home';

const CALL_TIMEOUT_MS = 15_000;
const RETRY_MS = 250;
const UNAVAILABLE = 503;
const FIRST_REFUSAL = 400;

type Method = 'GET' | 'POST';

interface Answer {
  status: number;
  said: unknown;
}

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
  async call(method: Method, path: string, body: unknown, withinMs: number): Promise<Envelope> {
    const { said } = await this.#ask(method, `/apigw/${path}`, body, withinMs);
    return said as Envelope;
  }

  /**
   * @param path below `/api/v1/`
   * @returns what is in the first answer that is not "try again later"
   * @throws Error when there was none within `withinMs`, or it says no
   */
  async v1<Data>(method: Method, path: string, body: unknown, withinMs: number): Promise<Data> {
    const { status, said } = await this.#ask(method, `/api/v1/${path}`, body, withinMs);
    if (status >= FIRST_REFUSAL) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(said)}`);
    return said as Data;
  }

  async #ask(method: Method, path: string, body: unknown, withinMs: number): Promise<Answer> {
    const giveUpAt = Date.now() + withinMs;
    for (;;) {
      const answer = await this.#try(method, path, body);
      if (answer) return answer;
      if (Date.now() > giveUpAt) throw new Error(`${path} was not answered within ${withinMs / 1000} s`);
      await delay(RETRY_MS);
    }
  }

  async #try(method: Method, path: string, body: unknown): Promise<Answer | undefined> {
    const url = this.urls[this.#next++ % this.urls.length];
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...authorization(this.credentials) },
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (response.status === UNAVAILABLE) return undefined;
      return { status: response.status, said: await response.json() };
    } catch {
      return undefined; // Refused, cut off or too slow: what a process that dies looks like.
    }
  }
}
