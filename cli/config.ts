import { z } from 'zod';

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
  GANTRY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
});

/** What the worker and the API read from the environment. */
export type Config = z.output<typeof schema>;

/** @throws Error naming every variable that is missing or wrong */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the environment is not complete: ${problems.join('; ')}`);
}
