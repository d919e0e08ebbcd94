import { z } from '@hono/zod-openapi';
import type { UsedCredential } from '../../../db/credentials';
import { fingerprintOfCredential } from '../../../inventory/ssh/credentials';
import { MAX_PASSPHRASE_LENGTH, MAX_PRIVATE_KEY_LENGTH } from '../../../inventory/ssh/private-key';
import { time } from '../business';

const MAX_PASSWORD_LENGTH = 1_000;
const kind = z.enum(['password', 'private_key']);

/** What a credential holds; it is never given back. */
export const secretFields = {
  password: z.string().min(1).max(MAX_PASSWORD_LENGTH).optional(),
  private_key: z
    .string()
    .min(1)
    .max(MAX_PRIVATE_KEY_LENGTH)
    .optional()
    .describe('A file as ssh-keygen makes it: Ed25519, ECDSA, or RSA of 2,048 bits and more'),
  passphrase: z
    .string()
    .min(1)
    .max(MAX_PASSPHRASE_LENGTH)
    .optional()
    .describe('Of the private key; it is used once, and not kept'),
};

export const newCredentialFields = { kind, ...secretFields };

export const credential = z.object({
  id: z.number().int(),
  name: z.string(),
  kind,
  public_key: z.string().nullable().describe('For authorized_keys; null for a password'),
  fingerprint: z.string().nullable().describe('Of the key, as SHA256:...; null for a password'),
  profile_count: z.number().int().describe('ssh profiles that log in by it'),
  account_count: z.number().int().describe('Accounts that log in by it'),
  created_by: z.string(),
  rotated_by: z.string().describe('Who gave it what it holds now'),
  rotated_at: time,
  created_at: time,
  updated_at: time,
});

export type ShownCredential = z.input<typeof credential>;

/** A credential in the words of this API: all of it but what it holds. */
export function showCredential(record: UsedCredential): ShownCredential {
  const { id, name, kind, public_key, profile_count, account_count, created_by, rotated_by } = record;
  return {
    id,
    name,
    kind,
    public_key: public_key === '' ? null : public_key,
    fingerprint: fingerprintOfCredential(record),
    profile_count,
    account_count,
    created_by,
    rotated_by,
    rotated_at: record.rotated_at.toISOString(),
    created_at: record.created_at.toISOString(),
    updated_at: record.updated_at.toISOString(),
  };
}
