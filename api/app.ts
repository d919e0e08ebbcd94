import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { sql } from 'kysely';
import type { Services } from '../tasks/services';
import { createSopsApi } from './bk-sops';
import { createCodecEndpoint } from './codec';
import { createTaskRedirect } from './task-redirect';

/** A tree of 10,000 nodes is 10 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export interface AppOptions {
  services: Services;
  /** Address of the Temporal Web UI, for links to it. */
  temporalUiUrl?: string;
  /** Word in the path of the codec endpoint; without it there is none. */
  codecToken?: string;
  /** Whether everything that requests need can be reached. */
  isReady?(): Promise<boolean>;
}

/** The whole HTTP API. */
export function createApp({ services, temporalUiUrl, codecToken, isReady }: AppOptions): OpenAPIHono {
  const app = new OpenAPIHono({ strict: false });
  app.use(requestId());
  app.use(secureHeaders());
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (context) =>
        context.json(
          { result: false, code: 3540000, message: `the body is larger than ${MAX_BODY_BYTES} bytes`, data: null },
          413,
        ),
    }),
  );
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const ready = (await isDatabaseUp(services)) && ((await isReady?.()) ?? true);
    return context.json({ status: ready ? 'ready' : 'not ready' }, ready ? 200 : 503);
  });
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Gantry', version: '1' } });
  app.route('/', createSopsApi(services));
  app.route('/', createTaskRedirect(services, temporalUiUrl));
  if (codecToken) app.route(`/codec/${codecToken}`, createCodecEndpoint(temporalUiUrl));
  app.notFound((context) =>
    context.json({ result: false, code: 3540400, message: `there is no ${context.req.path}`, data: null }, 404),
  );
  return app;
}

async function isDatabaseUp({ db }: Services): Promise<boolean> {
  return sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
}
