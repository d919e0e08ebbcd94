import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Endpoint } from './endpoint';
import { routesOf, type StyledRoute } from './routes';

const failure = z
  .object({
    result: z.literal(false),
    code: z.number().int(),
    code_name: z.string().optional(),
    message: z.string(),
    data: z.null(),
    errors: z.array(z.unknown()).optional().describe('The problems one by one, each with its node or field'),
    request_id: z.string().optional(),
  })
  .openapi('Failure');

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

/** Every route of an endpoint in the OpenAPI document; ids and credentials are fields in the ESB style. */
export function describe(app: OpenAPIHono, endpoint: Endpoint): void {
  const { name, path, summary, input } = endpoint;
  // Named, so that the document has it once, and not once a route.
  const response = answerSchema(endpoint).openapi(`${name}_answer`);
  const responses = {
    200: { description: 'The answer; `result` tells success', content: { 'application/json': { schema: response } } },
    ...refusals,
  };
  const params = z.object(Object.fromEntries(path.map((key) => [key, z.string().regex(/^\d+$/)])));
  const scoped = input.extend({ scope: z.string().optional() });
  const flat = scoped.extend({
    ...credentials,
    ...Object.fromEntries(path.map((key) => [key, z.union([z.string(), z.number()])])),
  });
  for (const { style, path: route, methods } of routesOf(endpoint)) {
    const request = style === 'esb' ? {} : { params, headers: header };
    for (const method of methods) {
      app.openAPIRegistry.registerPath({
        method,
        path: `${route.replaceAll(/:(\w+)\{[^}]+\}/g, '{$1}')}/`,
        operationId: operationIdOf(endpoint, style, method),
        summary: style === 'system' ? `${summary} (same as /apigw/${name}/)` : summary,
        tags: ['bk-sops'],
        request: { ...request, ...carry(method, style === 'esb' ? flat : scoped) },
        responses,
      });
    }
  }
}

const header = z.object({
  'x-bkapi-authorization': z
    .string()
    .describe('{"bk_app_code","bk_app_secret","bk_token"} as JSON; trusted apps may send "bk_username" instead'),
});

const credentials = {
  bk_app_code: z.string(),
  bk_app_secret: z.string(),
  bk_token: z.string().optional().describe('Of the user; made with `gantry token`'),
  bk_username: z.string().optional().describe('The user, of a trusted app that sends no bk_token'),
};

function operationIdOf({ name, method: own }: Endpoint, style: StyledRoute['style'], method: string): string {
  const prefix = style === 'app' ? '' : `${style}_`;
  return `${prefix}${name}${method === own ? '' : `_by_${method}`}`;
}

function carry(method: 'get' | 'post', schema: z.ZodObject) {
  if (method === 'get') return { query: asQuery(schema) };
  const content = { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } };
  return { body: { content, required: true } };
}

/** A query has objects as JSON text. */
function asQuery(schema: z.ZodObject): z.ZodObject {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const texts = Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, field]) => {
    const property = properties[name];
    if (typeof property !== 'object' || property.type !== 'object') return [];
    const text = z.string().describe(`${property.description ?? ''} (an object, as JSON text)`.trim());
    return [[name, field.safeParse(undefined).success ? text.optional() : text]];
  });
  return schema.extend(Object.fromEntries(texts));
}
