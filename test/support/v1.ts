import { parseJson, stringifyJson } from '../../base/json';
import { authorization, CALLER } from './client';
import type { Gantry } from './gantry';

/** An answer of `/api/v1` with its HTTP status; without a body `data` is undefined. */
export interface V1Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the data of any endpoint
  data: any;
  error?: {
    kind: string;
    reason: { code: string; args: Record<string, unknown> } | null;
    message: string;
    details: { field?: string; message: string }[];
    request_id: string;
  };
}

/** Sends requests to `/api/v1`, as the test's trusted app unless other headers say otherwise. */
export class V1Client {
  constructor(
    private readonly gantry: Pick<Gantry, 'ask'>,
    private readonly headers: Record<string, string> = authorization(CALLER),
  ) {}

  /** The same with further headers, or others. */
  with(headers: Record<string, string>): V1Client {
    return new V1Client(this.gantry, { ...this.headers, ...headers });
  }

  async send(method: string, path: string, body?: unknown): Promise<V1Answer> {
    const content = body === undefined ? {} : { body: typeof body === 'string' ? body : stringifyJson(body) };
    const headers = { 'Content-Type': 'application/json', ...this.headers };
    const { status, text } = await this.gantry.ask({ method, path: `/api/v1${path}`, headers, ...content });
    // biome-ignore lint/suspicious/noExplicitAny: the data of any endpoint
    const data = text === '' ? undefined : text.startsWith('retry: ') ? text : (parseJson(text) as any);
    return { status, data, ...(status >= 400 ? { error: data.error } : {}) };
  }

  get(path: string): Promise<V1Answer> {
    return this.send('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<V1Answer> {
    return this.send('POST', path, body);
  }

  patch(path: string, body: unknown = {}): Promise<V1Answer> {
    return this.send('PATCH', path, body);
  }

  delete(path: string): Promise<V1Answer> {
    return this.send('DELETE', path);
  }
}

/** The data of an answer that has to be a success. */
export function dataOf({ status, data, error }: V1Answer) {
  if (error) throw new Error(`${status} ${error.kind}: ${error.message}`);
  return data;
}

/** All items of a list, page by page. */
export async function allOf(client: V1Client, path: string, limit = 200) {
  const items = [];
  for (let after: number | null = 0; after !== null; ) {
    const joined = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}&after=${after}`;
    const page = dataOf(await client.get(joined)) as { items: unknown[]; next: number | null };
    items.push(...page.items);
    after = page.next;
  }
  // biome-ignore lint/suspicious/noExplicitAny: the items of any list
  return items as any[];
}
