import { parseJson, stringifyJson } from '../../base/json';
import { authorization, CALLER } from './client';
import type { Gantry } from './gantry';

/** An answer of the Orion family with its HTTP status. */
export interface OrionAnswer {
  status: number;
  code: number;
  msg: string;
  // biome-ignore lint/suspicious/noExplicitAny: the data of any endpoint
  data: any;
  page?: number;
  page_size?: number;
  query_count?: number;
  errors?: { field?: string; message: string }[];
}

/** Sends requests to Orion's paths in the demo project, as the test's trusted app unless other headers say otherwise. */
export class OrionClient {
  constructor(
    private readonly gantry: Pick<Gantry, 'ask'>,
    private readonly headers: Record<string, string> = { ...authorization(CALLER), 'X-Gantry-Project': '1' },
  ) {}

  /** The same with further headers, or others. */
  with(headers: Record<string, string>): OrionClient {
    return new OrionClient(this.gantry, { ...this.headers, ...headers });
  }

  /** A body that is a text is sent as it is. */
  async send(method: string, path: string, body?: unknown): Promise<OrionAnswer> {
    const content = body === undefined ? {} : { body: typeof body === 'string' ? body : stringifyJson(body) };
    const headers = { 'Content-Type': 'application/json', ...this.headers };
    const { status, text } = await this.gantry.ask({ method, path, headers, ...content });
    return { status, ...(parseJson(text) as Omit<OrionAnswer, 'status'>) };
  }

  get(path: string): Promise<OrionAnswer> {
    return this.send('GET', path);
  }

  post(path: string, body?: unknown): Promise<OrionAnswer> {
    return this.send('POST', path, body);
  }

  /** @throws Error with the answer when it is a failure */
  async dataOf(path: string, body?: unknown) {
    const answer = await this.post(path, body);
    if (answer.code !== 0) throw new Error(`${path}: ${stringifyJson(answer)}`);
    return answer.data;
  }
}
