import { parseJson, stringifyJson } from '../base/json';
import { authorization } from '../cli/client';
import type { Credentials } from '../stack/home';

/** Orion's API, as its clients ask it. */
export class OrionApi {
  readonly #headers: Record<string, string>;

  constructor(
    private readonly url: string,
    credentials: Credentials,
    projectId: number,
  ) {
    const project = { 'X-Gantry-Project': String(projectId) };
    this.#headers = { ...authorization(credentials), 'content-type': 'application/json', ...project };
  }

  /** @throws Error when it says no */
  async post<Data>(path: string, body: object): Promise<Data> {
    const options = { method: 'POST', headers: this.#headers, body: stringifyJson(body) };
    const response = await fetch(`${this.url}${path}`, options);
    const answer = parseJson(await response.text()) as { code: number; msg: string; data: Data };
    if (answer.code !== 0) throw new Error(`POST ${path}: ${answer.msg}`);
    return answer.data;
  }
}
