import { parseJson, stringifyJson } from '../base/json';
import { timeLimit } from '../base/time-limit';
import type { Credentials } from '../stack/home';

/** The answer of every bk-sops call. */
export interface Envelope {
  result: boolean;
  code?: number;
  message?: string;
  data?: unknown;
}

/** A node of `get_task_status`; the root is the task itself. */
export interface StatusNode {
  state: string;
  /** Seconds that the node has run, over all of its loops. */
  elapsedSeconds: number;
  retry: number;
  skip: boolean;
  children: Record<string, StatusNode>;
}

/** What is read of a pipeline tree here; everything else is passed over. */
export interface TreeView {
  start_event: { id: string };
  activities: Record<string, { name?: string; type?: string; component?: { code?: string }; pipeline?: TreeView }>;
  flows: Record<string, { source: string; target: string }>;
}

export interface CreatedTask {
  task_id: number;
  task_url: string;
  pipeline_tree: TreeView;
}

/** The API answered `result: false`; the message is the API's own. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: number | undefined;

  constructor(call: string, envelope: Envelope) {
    super(`${call}: ${envelope.message ?? 'refused without a message'}`);
    this.code = envelope.code;
  }
}

const CALL_TIMEOUT_MS = 30_000;

/**
 * A client of Gantry's bk-sops app routes (`/apigw/...`).
 *
 * @example
 * const client = new GantryClient({ url: 'http://127.0.0.1:8000', credentials });
 * const task = await client.fastCreateTask({ name: 'demo', pipeline_tree }, 1);
 * await client.startTask(task.task_id, 1);
 */
export class GantryClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #signal: AbortSignal | undefined;

  constructor({ url, credentials, signal }: { url: string; credentials: Credentials; signal?: AbortSignal }) {
    this.#url = url.replace(/\/$/, '');
    this.#headers = authorization(credentials);
    this.#signal = signal;
  }

  /**
   * Calls any route and returns its envelope, also when it says `result: false`.
   *
   * @param path below `/apigw/`, e.g. `operate_task/7/1/`
   * @throws Error when there is no answer or it is not an envelope
   */
  async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Envelope> {
    const limit = timeLimit(CALL_TIMEOUT_MS, this.#signal ? [this.#signal] : []);
    try {
      const response = await fetch(`${this.#url}/apigw/${path}`, {
        method,
        headers: { ...this.#headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? undefined : stringifyJson(body),
        signal: limit.signal,
      });
      const text = await response.text();
      const envelope = parseEnvelope(text);
      if (!envelope) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`);
      return envelope;
    } finally {
      limit.clear();
    }
  }

  /** Creates a task from a tree, without starting it; `projectId` is the project's own id (`scope: project`). */
  async fastCreateTask(request: object, projectId: number): Promise<CreatedTask> {
    const data = await this.#data('POST', `fast_create_task/${projectId}/`, { ...request, scope: 'project' });
    const { task_id, task_url, pipeline_tree } = data as Partial<CreatedTask>;
    if (typeof task_id !== 'number' || !pipeline_tree) throw new Error('fast_create_task answered without a task');
    return { task_id, task_url: task_url ?? '', pipeline_tree };
  }

  async startTask(taskId: number, projectId: number): Promise<void> {
    await this.#data('POST', `start_task/${taskId}/${projectId}/`, { scope: 'project' });
  }

  async getTaskStatus(taskId: number, projectId: number): Promise<StatusNode> {
    return toStatusNode(await this.#data('GET', `get_task_status/${taskId}/${projectId}/?scope=project`));
  }

  async #data(method: 'GET' | 'POST', path: string, body?: unknown): Promise<object> {
    const envelope = await this.call(method, path, body);
    if (!envelope.result) throw new RefusedError(path.split('/')[0] ?? path, envelope);
    return typeof envelope.data === 'object' && envelope.data !== null ? envelope.data : {};
  }
}

/** The header by which an app says who it is. */
export function authorization({ app_code, app_secret, username }: Credentials): Record<string, string> {
  return {
    'X-Bkapi-Authorization': stringifyJson({
      bk_app_code: app_code,
      bk_app_secret: app_secret,
      bk_username: username,
    }),
  };
}

function parseEnvelope(text: string): Envelope | undefined {
  try {
    const value: unknown = parseJson(text);
    return typeof value === 'object' && value !== null && 'result' in value ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

function toStatusNode(value: unknown): StatusNode {
  const node = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const children = typeof node.children === 'object' && node.children !== null ? node.children : {};
  return {
    state: typeof node.state === 'string' ? node.state : 'UNKNOWN',
    elapsedSeconds: Number(node.elapsed_time ?? 0) || 0,
    retry: Number(node.retry ?? 0) || 0,
    skip: Boolean(node.skip),
    children: Object.fromEntries(Object.entries(children).map(([id, child]) => [id, toStatusNode(child)])),
  };
}
