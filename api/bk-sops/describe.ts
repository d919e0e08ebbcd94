import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Endpoint } from './endpoint';

const failure = z.object({
  result: z.literal(false),
  code: z.number().int(),
  code_name: z.string().optional(),
  message: z.string(),
  data: z.null(),
  errors: z.array(z.unknown()).optional().describe('The problems one by one, each with its node or field'),
  request_id: z.string().optional(),
});

const REFUSALS: Record<number, string> = {
  401: 'Unknown app or user',
  403: 'The app or user may not do this',
  404: 'There is no such path',
  405: 'Another method is needed',
  413: 'The body, or what is made of it, is too large',
  429: 'More requests than the app may send; Retry-After says when to go on',
  500: 'An error of ours; the log has it under the request_id',
  503: 'No worker, no Postgres or no Temporal answers: the request may be repeated',
};

const refusals = Object.fromEntries(
  Object.entries(REFUSALS).map(([status, description]) => [
    status,
    { description, content: { 'application/json': { schema: failure } } },
  ]),
);

/** Every answer of an endpoint in its envelope. */
export function answerSchema({ data, beside }: Pick<Endpoint, 'data' | 'beside'>) {
  const success = z.object({
    result: z.literal(true),
    code: z.literal(0),
    message: z.string(),
    data: data.optional(),
    ...beside,
    request_id: z.string().optional(),
  });
  return z.union([success, failure]);
}

/** Both styles of an endpoint in the OpenAPI document; ids and credentials are fields in the ESB style. */
export function describe(app: OpenAPIHono, endpoint: Endpoint): void {
  const { name, method, path, summary, input } = endpoint;
  const responses = {
    200: {
      description: 'The answer; `result` tells success',
      content: { 'application/json': { schema: answerSchema(endpoint) } },
    },
    ...refusals,
  };
  const header = z.object({
    'x-bkapi-authorization': z
      .string()
      .describe('{"bk_app_code","bk_app_secret","bk_token"} as JSON; trusted apps may send "bk_username" instead'),
  });
  const id = z.string().regex(/^\d+$/);
  const params = z.object(Object.fromEntries(path.map((key) => [key, id])));
  const scoped = input.extend({ scope: z.string().optional() });
  const flat = scoped.extend({
    bk_app_code: z.string(),
    bk_app_secret: z.string(),
    bk_token: z.string().optional().describe('Of the user; made with `gantry token`'),
    bk_username: z.string().optional().describe('The user, of a trusted app that sends no bk_token'),
    ...Object.fromEntries(path.map((key) => [key, z.union([z.string(), z.number()])])),
  });
  const carry = (schema: z.ZodObject) =>
    method === 'get' ? { query: schema } : { body: { content: { 'application/json': { schema } }, required: true } };
  const common = { method, summary, responses, tags: ['bk-sops'] };
  const appPath = `/apigw/${name}/${path.map((key) => `{${key}}/`).join('')}`;
  app.openAPIRegistry.registerPath({
    ...common,
    path: appPath,
    request: { params, headers: header, ...carry(scoped) },
  });
  app.openAPIRegistry.registerPath({ ...common, path: `/api/c/compapi/v2/sops/${name}/`, request: carry(flat) });
}
