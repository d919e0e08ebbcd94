import { z } from 'zod';
import { parseNetworks } from '../api/client-address';
import { parseKeyRing } from '../secrets/keys';

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
  GANTRY_SECRET_KEYS: z
    .string()
    .default('')
    .superRefine((text, context) => {
      try {
        parseKeyRing(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    }),
  /** Requests a second that an app may send, where it has no limit of its own; 0: any number. */
  GANTRY_RATE_LIMIT: z.coerce.number().min(0).default(500),
  /** Requests a second by address whose sender nobody knows; 0: any number. */
  GANTRY_UNKNOWN_RATE: z.coerce.number().min(0).default(20),
  /** Addresses and networks, separated by commas, whose `X-Forwarded-For` is believed. */
  GANTRY_TRUSTED_PROXIES: z
    .string()
    .default('')
    .superRefine((text, context) => {
      try {
        parseNetworks(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    }),
  /** Seconds that a statement of a request may take. */
  GANTRY_STATEMENT_TIMEOUT: z.coerce.number().positive().max(3600).default(10),
  /** Bytes of a request's body. */
  GANTRY_MAX_BODY: z.coerce.number().int().min(1024).optional(),
  GANTRY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
});

/** What the worker and the API read from the environment. */
export type Config = z.output<typeof schema>;

/** Address of the API as clients see it. */
export function baseUrlOf(config: Config): string {
  return config.GANTRY_BASE_URL ?? `http://${config.GANTRY_HOST}:${config.GANTRY_PORT}`;
}

/** @throws Error naming every variable that is missing or wrong */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the environment is not complete: ${problems.join('; ')}`);
}
