import { z } from 'zod';
import { stringifyJson } from '../../base/json';
import type { Json, JsonObject } from '../../pipeline/json';
import { evaluateBoolrule } from '../../pipeline/language/condition';
import { parseAnswer } from '../answer';
import { type HttpResponse, request } from '../http';
import { jsonValue } from '../json-value';
import { definePlugin, PluginFailure, withAnswer } from '../plugin';

const LONGEST_TIMEOUT_S = 60;
const NO_CONTENT = 204;
/** Characters of an answer that is not JSON that a message shows. */
const MAX_QUOTED = 200;

/** Rendered values keep their type: `${n}` may be a number. */
const plainText = z.union([z.string(), z.number(), z.bigint(), z.boolean()]).transform(String);

const inputs = z.object({
  bk_http_request_method: z.string().default('GET').describe('GET, POST, PUT, DELETE, PATCH, HEAD'),
  bk_http_request_url: z.string().trim().describe('http or https address'),
  bk_http_request_header: z
    .array(z.object({ name: z.string(), value: plainText }))
    .default([])
    .describe('Headers, each {name, value}'),
  bk_http_request_body: jsonValue
    .default('')
    .describe('Body of requests other than GET and HEAD: text, or a value that is sent as JSON'),
  bk_http_timeout: z.coerce.number().int().default(5).describe('Seconds, 60 at most; 0 stands for 60'),
  bk_http_success_exp: z.string().default('').describe('Condition on `resp`, the answer as JSON; empty for none'),
});

/** Sends one HTTP request; only a GET or HEAD is repeated after a crash (bk-sops §8.1). */
const http = definePlugin({
  code: 'bk_http_request',
  version: 'v1.0',
  name: 'HTTP request',
  group: 'Network',
  description: 'Sends an HTTP request and reads a JSON answer',
  effect: { input: 'bk_http_request_method', cases: { GET: 'idempotent', HEAD: 'idempotent' }, otherwise: 'once' },
  timeoutMs: (LONGEST_TIMEOUT_S + 30) * 1000,
  inputs,
  outputs: z.object({
    data: jsonValue.describe('The answer'),
    status_code: z.number().int().describe('HTTP status'),
  }),
  run: sendRequest,
});

export const plugins = [http, { ...http, version: 'legacy' }];

async function sendRequest(input: z.output<typeof inputs>, { signal }: { signal: AbortSignal }): Promise<JsonObject> {
  const seconds = Math.min(Math.abs(input.bk_http_timeout), LONGEST_TIMEOUT_S) || LONGEST_TIMEOUT_S;
  const method = input.bk_http_request_method.toUpperCase();
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const response = await request({
    method,
    url: input.bk_http_request_url,
    headers: {
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...Object.fromEntries(input.bk_http_request_header.map(({ name, value }) => [name.toLowerCase(), value])),
    },
    ...(hasBody ? { body: bodyOf(input.bk_http_request_body) } : {}),
    timeoutMs: seconds * 1000,
    signal,
  });
  return judge(response, method, input.bk_http_success_exp);
}

function bodyOf(body: Json): string {
  return typeof body === 'string' ? body : stringifyJson(body);
}

/** Whether an answer counts as success; what is known of it goes into the outputs either way. */
function judge(response: HttpResponse, method: string, condition: string): JsonObject {
  const { status: status_code, text } = response;
  // Answers that have no body: their status is all there is.
  const isEmpty = text === '' && (method === 'HEAD' || status_code === NO_CONTENT);
  let data: Json;
  try {
    data = isEmpty ? null : parseAnswer(text);
  } catch (cause) {
    throw unreadable(cause as Error, response);
  }
  const outputs = { data, status_code };
  if (status_code < 200 || status_code > 299) {
    const message = `request failed with status ${status_code}`;
    throw new PluginFailure(withAnswer(message, text), outputs, { plain: message, answer: text });
  }
  if (condition.trim() === '') return outputs;
  let isSuccess: boolean;
  try {
    isSuccess = evaluateBoolrule(condition, { resp: data });
  } catch (cause) {
    const message = 'success condition cannot be evaluated';
    const plain = `${message}: ${plainCondition(cause as Error)}`;
    throw new PluginFailure(`${message}: ${(cause as Error).message}`, outputs, { cause, plain });
  }
  if (isSuccess) return outputs;
  const message = 'success condition does not hold';
  throw new PluginFailure(`${message}: ${condition}`, outputs, { plain: message });
}

function unreadable({ message, cause }: Error, { status: status_code, text }: HttpResponse): PluginFailure {
  const isJson = cause === undefined;
  if (isJson) return new PluginFailure(message, { status_code }, { plain: message });
  const plain = `${message} (status ${status_code})`;
  const answer = text === '' ? 'it is empty' : text.slice(0, MAX_QUOTED);
  return new PluginFailure(withAnswer(plain, answer), { status_code }, { cause, plain, answer });
}

/** What kind of problem a condition has, and where. */
function plainCondition(error: Error & { kind?: unknown }): string {
  const place = / at (\d+)$/.exec(error.message)?.[1];
  return `${String(error.kind ?? 'error')}${place === undefined ? '' : ` at ${place}`}`;
}
