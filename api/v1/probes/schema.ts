import { z } from '@hono/zod-openapi';
import { MAX_INTEGER } from '../../../db/schema';
import type { ProbeState } from '../../../temporal/probes';
import type { ProbedHost, ScannedKey } from '../../../workflows/contract';
import type { Reply } from '../../endpoint';

const scannedKey = z.object({
  type: z.string().describe('As ssh-ed25519'),
  key: z.string().describe('In base64, as ssh sends it'),
  fingerprint: z.string().describe('SHA256:…'),
  is_trusted: z.boolean(),
});

const probedHost = z.object({
  host_id: z.number().int(),
  ok: z.boolean(),
  ms: z.number().int().optional().describe('How long it took, in milliseconds'),
  facts: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Of a test: what the host says of itself'),
  keys: z.array(scannedKey).optional().describe('Of a scan: the keys that it makes itself known by'),
  problem: z.string().optional().describe('In a word, where it did not work'),
  message: z.string().optional().describe('What is wrong, and what to do'),
});

export const probe = z.object({
  probe_id: z.number().int().describe('By which it can be asked for later'),
  state: z.enum(['running', 'done', 'failed']),
  hosts: z.array(probedHost).optional().describe('Once it is done: the hosts, in the order in which they were sent'),
  message: z.string().optional().describe('Why it failed as a whole'),
});

export type ShownProbe = z.input<typeof probe>;

/** Hosts of a probe. */
export const hostIds = z
  .array(z.number().int().min(0).max(MAX_INTEGER))
  .min(1)
  .max(100)
  .transform((ids) => [...new Set(ids)]);

/** A probe in the words of this API. */
export function showProbe(probeId: number, seen: ProbeState): ShownProbe {
  const shown = { probe_id: probeId, state: seen.state };
  if (seen.state === 'running') return shown;
  if (seen.state === 'failed') return { ...shown, message: `it came to no result: ${seen.reason}` };
  return { ...shown, hosts: seen.result.hosts.map(showHost) };
}

/** The answer to who has asked for it: 202 as long as it runs. */
export function answerProbe({ probeId, ...seen }: { probeId: number } & ProbeState): Reply<ShownProbe> {
  return { data: showProbe(probeId, seen), ...(seen.state === 'running' ? { status: 202 } : {}) };
}

function showHost({ hostId, ...told }: ProbedHost): NonNullable<ShownProbe['hosts']>[number] {
  return 'keys' in told ? { host_id: hostId, ...told, keys: told.keys.map(showKey) } : { host_id: hostId, ...told };
}

function showKey({ isTrusted, ...key }: ScannedKey): z.input<typeof scannedKey> {
  return { ...key, is_trusted: isTrusted };
}
