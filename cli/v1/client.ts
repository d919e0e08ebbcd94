import { parseJson, stringifyJson } from '../../base/json';
import { openHome, readCredentials } from '../../stack/home';
import { messageOf } from '../../stack/output';
import { readRecord } from '../../stack/record';
import { authorization } from '../client';
import { harmless } from '../table/width';

const TIMEOUT_MS = 120_000;
const NO_CONTENT = 204;
/** Of the problems of a refusal, on a terminal. */
const MAX_SHOWN = 20;

/** What a request may ask for beside its path; lists come several times. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The API says no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** The API does not answer. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** Asks `/api/v1`. */
export class V1Client {
  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** The API at GANTRY_URL, else that of the stack of GANTRY_HOME, as the user of GANTRY_TOKEN, else as the stack's app. @throws Error */
  static ofEnvironment(environment: NodeJS.ProcessEnv = process.env): V1Client {
    const { GANTRY_URL: url } = environment;
    const token = environment.GANTRY_TOKEN?.trim();
    if (token && !/^[\w.~+/=-]+$/.test(token))
      throw new Error('GANTRY_TOKEN is no token: make one with `gantry token USER`');
    const bearer = token ? { Authorization: `Bearer ${token}` } : undefined;
    if (url) {
      if (!bearer) throw new Error('GANTRY_URL is set, but not GANTRY_TOKEN: make one with `gantry token USER`');
      return new V1Client(requireUrl(url), bearer);
    }
    const home = openHome();
    const { state, addresses } = readRecord(home.stackFile);
    const credentials = readCredentials(home.credentialsFile);
    if (state === 'ready' && addresses.api && credentials) {
      return new V1Client(addresses.api, bearer ?? authorization(credentials));
    }
    throw new Error(
      `no stack runs on ${home.folder}: start one with npm start, or set GANTRY_HOME, or GANTRY_URL and GANTRY_TOKEN`,
    );
  }

  /** @throws Error that says what the API says */
  get<T>(path: string, query: Query = {}): Promise<T> {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [value].flat().map((one): [string, string] => [name, String(one)]),
    );
    return this.#ask('GET', given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path);
  }

  /** @throws Error that says what the API says */
  post<T>(path: string, body: object): Promise<T> {
    return this.#ask('POST', path, body);
  }

  /** @throws Error that says what the API says */
  patch<T>(path: string, body: object): Promise<T> {
    return this.#ask('PATCH', path, body);
  }

  /** @throws Error that says what the API says */
  async delete(path: string): Promise<void> {
    await this.#ask('DELETE', path);
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const text = await this.#textOf(method, path, body);
    if (text.status === NO_CONTENT) return undefined as T;
    const answer = parsed(text.body);
    if (answer === undefined) {
      throw new Error(`${method} ${this.url}/api/v1${path} answered ${text.status}, and no JSON: is it Gantry's API?`);
    }
    if (text.status < 400) return answer as T;
    const refusal = refusalIn(answer) ?? `${method} ${path} answered ${text.status}`;
    const message = text.status === 401 ? `${refusal}: make a token with \`gantry token USER\`` : refusal;
    throw new Refusal(message, text.status);
  }

  /**
   * Opens a stream of events after what has been seen; undefined where nothing more will come.
   *
   * @throws Refusal, Unreachable
   */
  async open(path: string, lastId: string | undefined, signal: AbortSignal): Promise<ReadableStream | undefined> {
    const headers = { ...this.headers, accept: 'text/event-stream', ...(lastId ? { 'last-event-id': lastId } : {}) };
    const response = await this.#sent(path, { headers, signal });
    if (response.status === NO_CONTENT) return undefined;
    if (response.ok && response.body) return response.body;
    const answer = parsed(await response.text());
    throw new Refusal((answer && refusalIn(answer)) ?? `GET ${path} answered ${response.status}`, response.status);
  }

  async #textOf(method: string, path: string, body: object | undefined): Promise<{ status: number; body: string }> {
    const response = await this.#sent(path, {
      method,
      headers: { ...this.headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body ? { body: stringifyJson(body) } : {}),
    });
    try {
      return { status: response.status, body: await response.text() };
    } catch (cause) {
      throw this.#noAnswer(cause);
    }
  }

  async #sent(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.url}/api/v1${path}`, init);
    } catch (cause) {
      throw this.#noAnswer(cause);
    }
  }

  #noAnswer(cause: unknown): Unreachable {
    const why = messageOf(cause instanceof Error && cause.cause ? cause.cause : cause);
    return new Unreachable(`no answer from ${this.url}: ${why}`, { cause });
  }
}

/** @throws Error for what is no address, or has a password in it, which would be shown wherever the address is */
function requireUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error('GANTRY_URL is no address such as http://127.0.0.1:8000');
  if (url.username || url.password) throw new Error('GANTRY_URL has a user in it: who asks is said by GANTRY_TOKEN');
  return text.replace(/\/+$/, '');
}

function parsed(text: string): object | undefined {
  try {
    const value = parseJson(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a refusal says, and its problems line by line. */
function refusalIn(answer: object): string | undefined {
  const { error } = answer as { error?: { message?: unknown; details?: unknown } };
  if (typeof error?.message !== 'string') return undefined;
  const lines = error.message.split('\n');
  const shown = lines.slice(0, MAX_SHOWN).map(harmless);
  return lines.length > MAX_SHOWN
    ? [...shown, `and ${lines.length - MAX_SHOWN} more problems`].join('\n')
    : shown.join('\n');
}
