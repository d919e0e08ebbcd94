import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { parametersOf } from '../path';
import type { ServedEndpoint } from './endpoint';

const failure = z
  .object({
    code: z.number().int().min(400).describe('The HTTP status'),
    msg: z.string(),
    data: z.object({}).strict(),
    errors: z.array(z.unknown()).describe('The problems one by one, each with its field and what to do'),
    request_id: z.string(),
  })
  .openapi('OrionFailure');

const page = { page: z.number().int(), page_size: z.number().int(), query_count: z.number().int() };

/** Every answer of an endpoint in its envelope. */
export function answerSchema({ data, isPaged }: Pick<ServedEndpoint, 'data' | 'isPaged'>) {
  const success = z.object({ code: z.literal(0), msg: z.string(), data, ...(isPaged ? page : {}) });
  return z.union([success, failure]);
}

const headers = z.object({
  authorization: z
    .string()
    .optional()
    .describe('Bearer <bk_token>; of a trusted app, the name of the user it asks for'),
  'x-bkapi-authorization': z
    .string()
    .optional()
    .describe('{"bk_app_code","bk_app_secret","bk_token"} as JSON; trusted apps need no token'),
  'x-gantry-project': z.string().optional().describe('The id of the project, for callers that have several'),
  'x-http-method-override': z.string().optional().describe("Answers in the form of the original's web client"),
});

/** An endpoint in the OpenAPI document, by the document's own verb; all others do the same. */
export function describe(app: OpenAPIHono, endpoint: ServedEndpoint): void {
  const { name, method, summary, input } = endpoint;
  const schema = answerSchema(endpoint).openapi(`orion_${name}_answer`);
  for (const path of endpoint.paths) {
    const params = z.object(Object.fromEntries(parametersOf({ path }).map((parameter) => [parameter, z.string()])));
    const body = { content: { 'application/json': { schema: input } }, required: endpoint.needsBody === true };
    app.openAPIRegistry.registerPath({
      method,
      path,
      operationId: `orion_${name}${path.replaceAll(/\W+/g, '_')}`,
      summary,
      description: 'Served by GET, POST, PUT and DELETE alike.',
      tags: ['orion'],
      request: { params, headers, ...(method === 'post' ? { body } : { query: input }) },
      responses: {
        200: { description: 'The answer', content: { 'application/json': { schema } } },
        default: { description: 'A failure', content: { 'application/json': { schema } } },
      },
    });
  }
}
