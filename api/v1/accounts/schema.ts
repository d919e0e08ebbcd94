import { z } from '@hono/zod-openapi';
import type { AccountRecord } from '../../../db/accounts';
import { MAX_INTEGER } from '../../../db/schema';
import { MAX_TAG_LENGTH } from '../../../inventory/limits';
import { time } from '../business';
import { becomeUser, loginUser, visibleWord } from '../names';

const role = z.enum(['operator', 'editor', 'admin']);

const fields = {
  alias: visibleWord.describe('What tasks call it'),
  host_tag: z
    .string()
    .max(MAX_TAG_LENGTH)
    .nullable()
    .optional()
    .describe(
      'It is for hosts with this tag alone, and wins there; null: for all that no other one of this alias is for',
    ),
  login_user: loginUser,
  credential_id: z
    .number()
    .int()
    .min(0)
    .max(MAX_INTEGER)
    .nullable()
    .optional()
    .describe('Of the project; null: that of the ssh profile of the host'),
  become_user: becomeUser
    .nullable()
    .optional()
    .describe('Whom one becomes after the login, by sudo without a password; null: nobody else'),
  min_role: role
    .optional()
    .describe('The least role of those in whose name it is used; default: operator, and editor where it is root'),
};

export const newAccount = z.object(fields);
export const accountChanges = z.object({
  ...fields,
  alias: fields.alias.optional(),
  login_user: fields.login_user.optional(),
});

export const account = z.object({
  id: z.number().int(),
  alias: z.string(),
  host_tag: z.string().nullable(),
  login_user: z.string(),
  credential_id: z.number().int().nullable(),
  become_user: z.string().nullable(),
  min_role: z.string(),
  created_at: time,
  updated_at: time,
});

export type ShownAccount = z.input<typeof account>;

/** An account in the words of this API. */
export function showAccount(record: AccountRecord): ShownAccount {
  const { id, alias, host_tag, login_user, credential_id, become_user, min_role, created_at, updated_at } = record;
  const times = { created_at: created_at.toISOString(), updated_at: updated_at.toISOString() };
  return { id, alias, host_tag, login_user, credential_id, become_user, min_role, ...times };
}
