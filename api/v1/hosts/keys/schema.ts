import { z } from '@hono/zod-openapi';
import type { HostKeyRecord } from '../../../../db/host-keys';
import { MAX_PUBLIC_KEY_LENGTH } from '../../../../inventory/ssh/public-key';
import { time } from '../../business';

/** A public key as known_hosts has it behind the name of a host. */
export const sentKey = z.object({
  type: z.string().max(100).describe('As ssh-ed25519'),
  key: z.string().max(MAX_PUBLIC_KEY_LENGTH).describe('Base64'),
});

export const hostKey = z.object({
  id: z.number().int(),
  host_id: z.number().int(),
  type: z.string(),
  key: z.string().describe('Base64'),
  fingerprint: z.string().describe('SHA256:..., as OpenSSH writes it'),
  source: z.enum(['scan', 'given', 'provider', 'first_use']).describe('How it came to be trusted'),
  added_by: z.string(),
  added_at: time,
});

export type ShownHostKey = z.input<typeof hostKey>;

/** A key of a host in the words of this API. */
export function showKey({ id, host_id, type, key, fingerprint, source, ...added }: HostKeyRecord): ShownHostKey {
  const { added_by, added_at } = added;
  return { id, host_id, type, key, fingerprint, source, added_by, added_at: added_at.toISOString() };
}
