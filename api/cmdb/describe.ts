import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { parametersOf } from '../path';
import type { ServedEndpoint } from './endpoint';

const failure = z
  .object({
    result: z.literal(false),
    bk_error_code: z.number().int(),
    bk_error_msg: z.string(),
    data: z.null(),
    errors: z.array(z.unknown()).describe('The problems one by one, each with its field and what to do'),
    request_id: z.string(),
  })
  .openapi('CmdbFailure');

/** Every answer of an endpoint in its envelope. */
export function answerSchema({ data }: Pick<ServedEndpoint, 'data'>) {
  const success = z.object({
    result: z.literal(true),
    bk_error_code: z.literal(0),
    bk_error_msg: z.string(),
    data,
  });
  return z.union([success, failure]);
}

const headers = z.object({
  authorization: z.string().optional().describe('Bearer <bk_token>'),
  'x-bkapi-authorization': z
    .string()
    .optional()
    .describe('{"bk_app_code","bk_app_secret","bk_token"} as JSON; trusted apps may send "bk_username" instead'),
  bk_user: z.string().optional().describe('The user, of a trusted app that sends no bk_token'),
  http_blueking_language: z.string().optional().describe('`en` for English messages; Chinese otherwise'),
  http_blueking_supplier_id: z.string().optional().describe('The supplier account, where the path has none; "0"'),
});

/** An endpoint in the OpenAPI document. */
export function describe(app: OpenAPIHono, endpoint: ServedEndpoint): void {
  const { name, method, path, summary, input } = endpoint;
  const params = z.object(Object.fromEntries(parametersOf(endpoint).map((parameter) => [parameter, z.string()])));
  const schema = answerSchema(endpoint).openapi(`cmdb_${name}_answer`);
  const body = { content: { 'application/json': { schema: input } }, required: endpoint.needsBody === true };
  app.openAPIRegistry.registerPath({
    method,
    path: `/api/v3${path}`,
    operationId: `cmdb_${name}`,
    summary,
    tags: ['cmdb'],
    request: { params, headers, ...(method === 'get' ? {} : { body }) },
    responses: {
      200: { description: 'The answer', content: { 'application/json': { schema } } },
      default: {
        description: 'A failure; its HTTP status says of what kind',
        content: { 'application/json': { schema } },
      },
    },
  });
}
