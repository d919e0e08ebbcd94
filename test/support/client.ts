import type { StateNode } from '../../api/bk-sops/state-tree';
import { parseJson, stringifyJson } from '../../base/json';
import type { PipelineTree } from '../../pipeline/tree/types';
import { requireDescribedText } from './answers';
import { eventually } from './eventually';
import { type HttpAnswer, type HttpRequest, send } from './http-server';

/** The app and the user that tests call as, unless they say otherwise. */
export const CREDENTIALS = { app_code: 'test-app', app_secret: 'test-secret', username: 'admin' };

/** The same as the fields of a request. */
export const CALLER = callerOf(CREDENTIALS);

/** Credentials as the fields of a request. */
export function callerOf({ app_code, app_secret, username }: typeof CREDENTIALS) {
  return { bk_app_code: app_code, bk_app_secret: app_secret, bk_username: username };
}

/** Credentials as the gateway's header. */
export function authorization(credentials: object): Record<string, string> {
  return { 'X-Bkapi-Authorization': JSON.stringify(credentials) };
}

/** An answer of the API with its HTTP status. */
export interface Answer {
  status: number;
  result: boolean;
  code: number;
  message: string;
  // biome-ignore lint/suspicious/noExplicitAny: the data of any endpoint
  data: any;
  errors?: unknown[];
}

/** What a Hono app can do. */
interface App {
  request(path: string, init: RequestInit): Response | Promise<Response>;
}

/** Sends requests to an API, wherever it is served; every answer is held against the description of its endpoint. */
export class ApiClient {
  readonly #door: (request: HttpRequest) => Promise<HttpAnswer>;
  readonly #caller: Record<string, string>;

  protected constructor(door: (request: HttpRequest) => Promise<HttpAnswer>, caller: object) {
    this.#door = door;
    this.#caller = authorization(caller);
  }

  /** Of an API that is served at a port of this machine, by this process or another one. */
  static at(url: string, caller: object = CALLER): ApiClient {
    const port = Number(new URL(url).port);
    return new ApiClient((request) => send(port, request), caller);
  }

  /** Of an app in this process, without a socket. */
  static of(app: App, caller: object = CALLER): ApiClient {
    return new ApiClient((request) => askApp(app, request), caller);
  }

  /** Sends a request as it is, without any credentials but its own. */
  async ask(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.#door(request);
    requireDescribedText(request.path, answer.text, request.method);
    return answer;
  }

  /** Sends a request as who calls; the answer's envelope. */
  async send(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const all = { ...this.#caller, 'Content-Type': 'application/json', ...headers };
    const { status, text } = await this.ask({ method, path, headers: all, ...(body === undefined ? {} : { body }) });
    return { status, ...(parseJson(text) as Omit<Answer, 'status'>) };
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, typeof body === 'string' ? body : stringifyJson(body), headers);
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  /** Creates a task of the demo project; fails with the API's message. */
  async create(pipeline_tree: unknown, more: object = {}): Promise<{ task_id: number; pipeline_tree: PipelineTree }> {
    const answer = await this.post('/apigw/fast_create_task/1/', { name: 'test', pipeline_tree, ...more });
    if (!answer.result) throw new Error(answer.message);
    return answer.data;
  }

  async start(taskId: number, body: object = {}): Promise<void> {
    const answer = await this.post(`/apigw/start_task/${taskId}/1/`, body);
    if (!answer.result) throw new Error(answer.message);
  }

  async status(taskId: number): Promise<StateNode> {
    return (await this.get(`/apigw/get_task_status/${taskId}/1/`)).data;
  }

  /** Polls until the task looks as wanted; what it looks like then. */
  until(taskId: number, isWanted: (root: StateNode) => boolean, withinMs?: number): Promise<StateNode> {
    const patience = { isWanted, ...(withinMs === undefined ? {} : { withinMs }) };
    return eventually(`task ${taskId} is as wanted`, () => this.status(taskId), patience);
  }

  untilState(taskId: number, state: string, withinMs?: number): Promise<StateNode> {
    return this.until(taskId, (root) => root.state === state, withinMs);
  }
}

/** What an app answers, as if it had come through a socket. */
export async function askApp(app: App, { method, path, headers = {}, body }: HttpRequest): Promise<HttpAnswer> {
  const content = typeof body === 'string' ? body : body?.join('');
  const init = { method: method ?? 'POST', headers, ...(content === undefined ? {} : { body: content }) };
  const response = await app.request(path, init);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}
