import { z } from 'zod';
import { parseLegacy } from '../api/legacy';
import { parseNetworks } from '../base/networks';
import { readProviderSettings } from '../rollouts/providers/settings';
import { parseKeyRing } from '../secrets/keys';

/** Nobody's on the internet. */
const PRIVATE_NETWORKS = '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7';

const schema = z.object({
  DATABASE_URL: z.string(),
  TEMPORAL_ADDRESS: z.string(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  GANTRY_PORT: z.coerce.number().int().min(0).max(65535).default(8000),
  /** Address under which clients reach the API, where it is not the one it listens on. */
  GANTRY_BASE_URL: z.url().optional(),
  /** Address that the API listens on. */
  GANTRY_HOST: z.string().default('127.0.0.1'),
  GANTRY_UI_URL: z.url().optional(),
  GANTRY_CODEC_TOKEN: z.string().optional(),
  /** Read by `secrets/`; a wrong ring is said at the start. */
  GANTRY_SECRET_KEYS: readableBy(parseKeyRing).default(''),
  /** Requests a second that an app may send, where it has no limit of its own; 0: any number. */
  GANTRY_RATE_LIMIT: z.coerce.number().min(0).default(500),
  /** Requests a second by address whose sender nobody knows; 0: any number. */
  GANTRY_UNKNOWN_RATE: z.coerce.number().min(0).default(20),
  /** Addresses and networks, separated by commas, whose `X-Forwarded-For` is believed. */
  GANTRY_TRUSTED_PROXIES: readableBy(parseNetworks).default(''),
  /** Whom old clients of Orion are taken for that can say neither app nor project: `app@network=project`, by commas. */
  GANTRY_ORION_LEGACY: readableBy(parseLegacy).default(''),
  /** Addresses and networks, separated by commas, in which hosts may be reached over ssh. */
  GANTRY_HOSTS_ALLOW: readableBy(parseNetworks).default(PRIVATE_NETWORKS),
  /** Hosts that a worker has under way at once. */
  GANTRY_HOSTS_PARALLEL: z.coerce.number().int().min(1).max(5_000).default(500),
  /** Days that what hosts have written is kept. */
  GANTRY_LOG_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  /** Seconds that a statement of a request may take. */
  GANTRY_STATEMENT_TIMEOUT: z.coerce.number().positive().max(3600).default(10),
  /** Bytes of a request's body. */
  GANTRY_MAX_BODY: z.coerce.number().int().min(1024).optional(),
  /** Whoever has it may read `/metrics` of the API; without it, who asks from its machine. */
  GANTRY_METRICS_TOKEN: z
    .string()
    .refine((token) => token === '' || token.length >= 16, 'a token has at least 16 characters')
    .default(''),
  /** Address and port at which a worker shows its metrics; empty: nowhere. */
  GANTRY_WORKER_METRICS: z
    .string()
    .regex(/^((\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]+\]):\d{1,5}$|^$/i, 'it is no address with a port, as 127.0.0.1:9464')
    .default(''),
  GANTRY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
});

/** What the worker and the API read from the environment. */
export type Config = z.output<typeof schema>;

/** Address of the API as clients see it. */
export function baseUrlOf(config: Config): string {
  return config.GANTRY_BASE_URL ?? `http://${config.GANTRY_HOST}:${config.GANTRY_PORT}`;
}

/** A text of a form that a function knows, whose errors say what is wrong with it. */
function readableBy(read: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });
}

/** @throws Error naming every variable that is missing or wrong */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = schema.safeParse(env);
  if (parsed.success) {
    // What is wrong with them is said at the start, not by the first rollout.
    readProviderSettings(env);
    return parsed.data;
  }
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the environment is not complete: ${problems.join('; ')}`);
}
