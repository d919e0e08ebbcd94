import { parseJson, stringifyJson } from '../../base/json';
import { authorization, CALLER } from './client';
import type { Gantry } from './gantry';

/** An answer of the CMDB family with its HTTP status. */
export interface CmdbAnswer {
  status: number;
  result: boolean;
  bk_error_code: number;
  bk_error_msg: string;
  // biome-ignore lint/suspicious/noExplicitAny: the data of any endpoint
  data: any;
  errors?: { field?: string; message: string }[];
}

/** Sends requests to `/api/v3`, as the test's trusted app unless other headers say otherwise. */
export class CmdbClient {
  constructor(
    private readonly gantry: Pick<Gantry, 'ask'>,
    private readonly headers: Record<string, string> = authorization(CALLER),
  ) {}

  /** The same with further headers, or others. */
  with(headers: Record<string, string>): CmdbClient {
    return new CmdbClient(this.gantry, { ...this.headers, ...headers });
  }

  async send(method: string, path: string, body?: unknown): Promise<CmdbAnswer> {
    const content = body === undefined ? {} : { body: typeof body === 'string' ? body : stringifyJson(body) };
    const headers = { 'Content-Type': 'application/json', ...this.headers };
    const { status, text } = await this.gantry.ask({ method, path: `/api/v3${path}`, headers, ...content });
    return { status, ...(parseJson(text) as Omit<CmdbAnswer, 'status'>) };
  }

  get(path: string): Promise<CmdbAnswer> {
    return this.send('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<CmdbAnswer> {
    return this.send('POST', path, body);
  }

  put(path: string, body?: unknown): Promise<CmdbAnswer> {
    return this.send('PUT', path, body);
  }

  delete(path: string, body?: unknown): Promise<CmdbAnswer> {
    return this.send('DELETE', path, body);
  }
}
