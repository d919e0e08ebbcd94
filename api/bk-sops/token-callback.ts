import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Json } from '../../pipeline/json';
import { callBackByToken } from '../../tasks/callback-token';
import { GantryError } from '../../tasks/error';
import type { Services } from '../../tasks/services';
import { CODES } from './envelope';

/** Upstream's address besides the short one (spec 7.3). */
const PATHS = ['/callback/:token', '/taskflow/api/v4/nodes/callback/:token'];

/** Serves callbacks of other systems: the token in the path says for what, there is no login (spec 7.3). */
export function mountTokenCallback(app: OpenAPIHono, services: Services): void {
  for (const path of PATHS) {
    app.post(path, async (context) => {
      await callBackByToken(services, context.req.param('token')!, await readData(context));
      const request_id = context.get('requestId' as never);
      return context.json({ result: true, code: CODES.success, message: 'success', data: {}, request_id });
    });
    app.openAPIRegistry.registerPath({
      method: 'post',
      path: path.replace(':token', '{token}/'),
      summary: 'Call a node back by a token, without a login',
      tags: ['bk-sops'],
      request: {
        params: z.object({ token: z.string() }),
        body: { content: { 'application/json': { schema: z.unknown() } } },
      },
      responses: {
        200: {
          description: 'The answer; `result` tells success',
          content: {
            'application/json': {
              schema: z.object({ result: z.boolean(), code: z.number().int(), message: z.string() }),
            },
          },
        },
        503: { description: 'No worker answers: the request may be repeated' },
      },
    });
  }
}

async function readData(context: Context): Promise<Json> {
  const text = await context.req.text();
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new GantryError('invalid', 'invalid json format', { cause });
  }
}
