import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { getPathNoStrict } from 'hono/utils/url';
import { sql } from 'kysely';
import { parseNetworks } from '../base/networks';
import { nameLargeNumbers } from '../plugins/large-numbers';
import { concernsOf } from '../tasks/concerns';
import type { Services } from '../tasks/services';
import { createSopsApi, sops } from './bk-sops';
import { clientAddress, clientOf } from './client-address';
import { cmdb, createCmdbApi } from './cmdb';
import { createCodecEndpoint } from './codec';
import { answerFailure } from './door';
import { FairLimiter } from './fair-limit';
import type { Family } from './family';
import { Legacy, type LegacyEntry } from './legacy';
import { answerBeforeClosing } from './linger';
import { maskAnswers } from './mask';
import { answerMetrics, Metrics } from './metrics';
import { createOrionApi, orion } from './orion';
import { inTime, readiness } from './ready';
import { Strangers } from './strangers';
import { createTaskRedirect } from './task-redirect';
import { createV1Api, v1 } from './v1';

/** A tree of 10,000 nodes is 10 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** No limit, but for apps that have one of their own. */
const ANY_RATE = 0;

/** The first one that owns a path answers there; the last one owns what nobody else does. */
const FAMILIES: readonly Pick<Family, 'owns' | 'fail' | 'wording'>[] = [v1, cmdb, orion, sops];

export interface AppOptions {
  services: Services;
  /** Address of the Temporal Web UI, for links to it. */
  temporalUiUrl?: string;
  /** Word in the path of the codec endpoint; without it there is none. */
  codecToken?: string;
  /** Requests a second that an app may send, where it has no limit of its own; 0: any number. */
  requestsPerSecond?: number;
  /** Requests a second that fail because nobody knows who sends them, by address; 0: any number. */
  strangersPerSecond?: number;
  /** Addresses and networks, separated by commas, whose `X-Forwarded-For` is believed. */
  trustedProxies?: string;
  /** Whom Orion's old clients are taken for, by their addresses; absent: for nobody. */
  orionLegacy?: readonly LegacyEntry[];
  /** No app may send more. */
  maxBodyBytes?: number;
  /** Aborted when the process is to end; without it, never. */
  stopping?: AbortSignal;
  /** With it, `/metrics` is for whoever has it; without, for this machine alone. */
  metricsToken?: string;
  /** What `/metrics` says; without it, one that knows nothing of the process. */
  metrics?: Metrics;
  /** Whether Temporal can be reached. */
  isReady?(): Promise<boolean>;
}

/** The whole HTTP API. */
export function createApp({
  services,
  temporalUiUrl,
  codecToken,
  requestsPerSecond = ANY_RATE,
  strangersPerSecond = ANY_RATE,
  trustedProxies = '',
  orionLegacy = [],
  maxBodyBytes = MAX_BODY_BYTES,
  stopping = new AbortController().signal,
  metricsToken = '',
  metrics = new Metrics(services),
  isReady = async () => true,
}: AppOptions): OpenAPIHono {
  nameLargeNumbers();
  const proxies = parseNetworks(trustedProxies);
  const door = {
    services,
    limiter: new FairLimiter(requestsPerSecond),
    strangers: new Strangers(strangersPerSecond),
    addressOf: (context: Context) => clientAddress(context, proxies),
    maxBodyBytes,
    stopping,
  };
  const look = readiness({ postgres: () => isDatabaseUp(services), temporal: isReady });
  const app = new OpenAPIHono({ getPath: requestedPath });
  app.use(metrics.measure());
  app.use(answerBeforeClosing());
  app.use(maskAnswers());
  app.use(requestId());
  app.use(secureHeaders());
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const [checks, concerns] = await Promise.all([look(), inTime(concernsOf(services), {})]);
    const isUp = Object.values(checks).every((isUp) => isUp);
    return context.json({ status: isUp ? 'ready' : 'not ready', checks, ...concerns }, isUp ? 200 : 503);
  });
  app.get('/metrics', answerMetrics(metrics, metricsToken));
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Gantry', version: '1' } });
  app.route('/', createSopsApi(door));
  app.route('/', createCmdbApi(door));
  app.route('/', createV1Api(door));
  app.route('/', createOrionApi(door, new Legacy(orionLegacy, (context) => clientOf(context, proxies))));
  app.route('/', createTaskRedirect(services, temporalUiUrl));
  if (codecToken) app.route(`/codec/${codecToken}`, createCodecEndpoint(temporalUiUrl, maxBodyBytes));
  const familyOf = ({ req }: Context) => FAMILIES.find((family) => family.owns(req.path)) ?? FAMILIES.at(-1)!;
  app.notFound((context) =>
    familyOf(context).fail(context, { kind: 'no_path', message: `there is no ${context.req.path}` }),
  );
  app.onError((error, context) => answerFailure(context, familyOf(context), error, services));
  return app;
}

/** A path without what people leave behind it: a slash, and blanks, as in the addresses of Orion's document. */
function requestedPath(request: Request): string {
  return getPathNoStrict(request).trimEnd();
}

async function isDatabaseUp({ db }: Services): Promise<boolean> {
  await sql`select 1`.execute(db);
  return true;
}
