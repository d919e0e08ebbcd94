import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { parametersOf } from '../path';
import { isText, type ServedEndpoint } from './endpoint';

const failure = z
  .object({
    error: z.object({
      kind: z.string(),
      reason: z
        .object({ code: z.string(), args: z.record(z.string(), z.unknown()) })
        .nullable()
        .describe('Why, where it is one of the things that programs may look for'),
      message: z.string(),
      details: z.array(z.unknown()).describe('The problems one by one, each with its field'),
      request_id: z.string(),
    }),
  })
  .openapi('V1Failure');

/** Every answer of an endpoint. */
export function answerSchema({ data }: Pick<ServedEndpoint, 'data'>) {
  return data ? z.union([data, failure]) : failure;
}

const headers = z.object({
  authorization: z.string().optional().describe('Bearer <bk_token>, made with `gantry token`'),
  'x-bkapi-authorization': z
    .string()
    .optional()
    .describe('{"bk_app_code","bk_app_secret","bk_token"} as JSON; trusted apps may send "bk_username" instead'),
});
const headersOfMaking = headers.extend({
  'idempotency-key': z
    .string()
    .optional()
    .describe('Where something of a project is made: the same key with the same request is one request'),
});

const NOTHING = { description: 'It is done: there is nothing to say of it' };

function streamOf(events: NonNullable<ServedEndpoint['events']>) {
  const schema = z.union(Object.entries(events).map(([name, data]) => data.describe(`The data of event \`${name}\``)));
  const description = 'Events as they come; 204: all was seen, and nothing more will come';
  return { description, content: { 'text/event-stream': { schema } } };
}

/** An endpoint in the OpenAPI document. */
export function describe(app: OpenAPIHono, endpoint: ServedEndpoint): void {
  const { name, method, path, summary, input, data, events } = endpoint;
  const params = z.object(
    Object.fromEntries(
      parametersOf(endpoint).map((parameter) => [parameter, isText(parameter) ? z.string() : z.coerce.number().int()]),
    ),
  );
  const isQuery = method === 'get' || method === 'delete';
  const success = events
    ? streamOf(events)
    : data
      ? { description: 'The answer', content: { 'application/json': { schema: data } } }
      : NOTHING;
  const carried = isQuery ? { query: input } : { body: { content: { 'application/json': { schema: input } } } };
  app.openAPIRegistry.registerPath({
    method,
    path: `/api/v1${path}`,
    operationId: `v1_${name}`,
    summary,
    tags: ['v1'],
    request: { params, headers: method === 'post' ? headersOfMaking : headers, ...carried },
    responses: {
      [data || events ? '2XX' : '204']: success,
      default: { description: 'A failure', content: { 'application/json': { schema: failure } } },
    },
  });
}
