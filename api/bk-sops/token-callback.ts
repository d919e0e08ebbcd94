import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { callBack, readCallbackToken } from '../../tasks/callback-token';
import type { Guard } from '../admit';
import { parseJson } from '../body/parse';
import { readBody, requireLength } from '../body/read';
import { reworded, type Wording } from '../wording';
import { succeed } from './envelope';

/** Upstream's address besides the short one (bk-sops §7.3). */
const PATHS = [
  ['callback', '/callback/:token'],
  ['callback_v4', '/taskflow/api/v4/nodes/callback/:token'],
] as const;

const MAX_BYTES = 256 * 1024;

/** These paths have no door, and so no endpoint that could say it. */
const WORDING: readonly Wording[] = [
  { step: 'attempt', text: (_message, { input }) => `the attempt of node ${input.node} that the token is for is over` },
];

/** Serves callbacks of other systems: the token in the path says for what, there is no login (bk-sops §7.3). */
export function mountTokenCallback(app: OpenAPIHono, { services, strangers, addressOf }: Guard): void {
  for (const [operationId, path] of PATHS) {
    app.post(path, async (context) => {
      requireLength(context, MAX_BYTES);
      const claims = await readCallbackToken(services.db, context.req.param('token')!).catch((error: unknown) => {
        throw strangers.count(addressOf(context), error);
      });
      const { text } = await readBody(context, MAX_BYTES);
      const [, , node] = claims.claims;
      await callBack(services, claims, text.trim() === '' ? {} : parseJson(text)).catch((error: unknown) => {
        throw reworded(error, WORDING, { ids: {}, input: { node } });
      });
      return succeed(context, { data: {} });
    });
    app.openAPIRegistry.registerPath({
      method: 'post',
      path: path.replace(':token', '{token}/'),
      operationId,
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
        401: { description: 'The token is none of ours' },
        413: { description: 'The data is larger than 256 KB' },
        503: { description: 'No worker answers: the request may be repeated' },
      },
    });
  }
}
