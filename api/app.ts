import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { sql } from 'kysely';
import { concernsOf } from '../tasks/concerns';
import type { Services } from '../tasks/services';
import { createSopsApi, fail } from './bk-sops';
import { CODES } from './bk-sops/envelope';
import { limitBodies } from './body-limit';
import { createCodecEndpoint } from './codec';
import { maskAnswers } from './mask';
import { RateLimiter } from './rate-limit';
import { createTaskRedirect } from './task-redirect';

/** A tree of 10,000 nodes is 10 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** No limit, but for apps that have one of their own. */
const ANY_RATE = 0;

export interface AppOptions {
  services: Services;
  /** Address of the Temporal Web UI, for links to it. */
  temporalUiUrl?: string;
  /** Word in the path of the codec endpoint; without it there is none. */
  codecToken?: string;
  /** Requests a second that an app may send, where it has no limit of its own; 0: any number. */
  requestsPerSecond?: number;
  /** No app may send more. */
  maxBodyBytes?: number;
  /** Whether everything that requests need can be reached. */
  isReady?(): Promise<boolean>;
}

/** The whole HTTP API. */
export function createApp({
  services,
  temporalUiUrl,
  codecToken,
  requestsPerSecond = ANY_RATE,
  maxBodyBytes = MAX_BODY_BYTES,
  isReady,
}: AppOptions): OpenAPIHono {
  const app = new OpenAPIHono({ strict: false });
  app.use(requestId());
  app.use(secureHeaders());
  app.use(maskAnswers());
  app.use(limitBodies(maxBodyBytes));
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const ready = (await isDatabaseUp(services)) && ((await isReady?.()) ?? true);
    return context.json({ status: ready ? 'ready' : 'not ready', ...(await concernsOf(services)) }, ready ? 200 : 503);
  });
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Gantry', version: '1' } });
  app.route('/', createSopsApi({ services, limiter: new RateLimiter(requestsPerSecond), maxBodyBytes }));
  app.route('/', createTaskRedirect(services, temporalUiUrl));
  if (codecToken) app.route(`/codec/${codecToken}`, createCodecEndpoint(temporalUiUrl));
  app.notFound((context) => context.json(notFound(context), 404));
  app.onError((error, context) => fail(error, context, services));
  return app;
}

function notFound(context: Context) {
  const message = `there is no ${context.req.path}`;
  return { result: false, code: CODES.contentNotExist, message, data: null, request_id: context.get('requestId') };
}

async function isDatabaseUp({ db }: Services): Promise<boolean> {
  return sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
}
