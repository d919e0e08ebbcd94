import { z } from 'zod';
import { stringifyJson } from '../../base/json';
import type { JsonObject } from '../../pipeline/json';
import { parseAnswer } from '../answer';
import { request } from '../http';
import { type FailureOptions, PluginFailure, withAnswer } from '../plugin';

const REQUEST_TIMEOUT_MS = 60_000;

/** States of a remote run (bk-plugin-framework). */
export const REMOTE_STATE = { empty: 1, poll: 2, callback: 3, success: 4, fail: 5 } as const;

const detailSchema = z.object({
  context_inputs: z.object({ properties: z.record(z.string(), z.unknown()).default({}) }).optional(),
  enable_plugin_callback: z.boolean().nullish(),
});

const runSchema = z.object({
  state: z.union(Object.values(REMOTE_STATE).map((state) => z.literal(state))),
  // Of what was parsed as JSON all is JSON: to look at it level by level would take the stack of a deep one.
  outputs: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((outputs) => (outputs ?? {}) as JsonObject),
  err: z.unknown(),
  trace_id: z.string().optional(),
});

const envelopeSchema = z.object({
  result: z.boolean(),
  message: z.string().nullish(),
  trace_id: z.string().nullish(),
  data: z.unknown().optional(),
});

export type RemoteDetail = z.output<typeof detailSchema>;
export type RemoteRun = z.output<typeof runSchema>;

/** The plugin has answered, and said no: asking again would not help. */
export class RemoteRefusal extends PluginFailure {
  constructor(message: string, options: FailureOptions = {}) {
    super(message, {}, options);
    this.name = 'RemoteRefusal';
  }
}

/** A refusal whose message quotes nothing. */
function plainRefusal(message: string, options: ErrorOptions = {}): RemoteRefusal {
  return new RemoteRefusal(message, { ...options, plain: message });
}

/** The HTTP protocol of one remote plugin (bk-sops §8.1). */
export class RemotePlugin {
  constructor(
    private readonly host: string,
    private readonly version: string,
    private readonly signal: AbortSignal,
  ) {}

  async detail(): Promise<RemoteDetail> {
    return read(detailSchema, (await this.#call('GET', `detail/${encodeURIComponent(this.version)}`)).data);
  }

  /** Starts a run. */
  async invoke(body: { inputs: JsonObject; context: JsonObject }): Promise<RemoteRun & { trace_id: string }> {
    const { data, trace_id } = await this.#call('POST', `invoke/${encodeURIComponent(this.version)}`, body);
    const run = read(runSchema, data);
    const id = trace_id ?? run.trace_id;
    if (!id) throw plainRefusal('the remote plugin gave its run no trace_id');
    return { ...run, trace_id: id };
  }

  /** How a run is getting on. */
  async schedule(traceId: string): Promise<RemoteRun> {
    return read(runSchema, (await this.#call('GET', `schedule/${encodeURIComponent(traceId)}`)).data);
  }

  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<z.output<typeof envelopeSchema>> {
    const { status, text } = await request({
      method,
      url: `${this.host}/${path}`,
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: stringifyJson(body) } : {}),
      timeoutMs: REQUEST_TIMEOUT_MS,
      signal: this.signal,
    });
    // The rest of the path is the version or the run, which may be made of inputs.
    const call = path.slice(0, path.indexOf('/'));
    if (status !== 200) {
      const plain = `${call} answered with status ${status}`;
      throw new PluginFailure(withAnswer(`${path} answered with status ${status}`, text), {}, { plain, answer: text });
    }
    const envelope = read(envelopeSchema, parse(text));
    if (!envelope.result) {
      const answer = envelope.message || 'no reason given';
      throw new RemoteRefusal(withAnswer(`${path} answered`, answer), { plain: `${call} answered`, answer });
    }
    return envelope;
  }
}

function parse(text: string): unknown {
  try {
    return parseAnswer(text);
  } catch (cause) {
    throw plainRefusal(`the remote plugin cannot be understood: ${(cause as Error).message}`, { cause });
  }
}

function read<T>(schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const plain = 'the remote plugin does not keep to the protocol';
  const answer = z.prettifyError(parsed.error);
  throw new RemoteRefusal(withAnswer(plain, answer), { cause: parsed.error, plain, answer });
}
