import { z } from '@hono/zod-openapi';
import { MAX_INTEGER } from '../../../db/schema';
import type { GivenProfile } from '../../../db/ssh-profiles';
import { time } from '../business';
import { folder, loginUser, visibleName } from '../names';

/** Modules or clouds that one profile is given to. */
const MAX_GIVEN = 500;

const policy = z.enum(['strict', 'first_use']);
const id = z.number().int().min(0).max(MAX_INTEGER);
const ids = z
  .array(id)
  .max(MAX_GIVEN)
  .transform((some) => [...new Set(some)]);

const fields = {
  name: visibleName,
  port: z.number().int().min(1).max(65_535),
  login_user: loginUser.describe('Who logs in where no account is named'),
  credential_id: id.nullable().describe('Of its owner; null: accounts bring their own'),
  jump_host_id: id
    .nullable()
    .describe('A host over which the others are reached, itself by its own profile; null: directly'),
  connect_timeout_ms: z.number().int().min(1_000).max(120_000),
  run_folder: folder.nullable().describe("Where runs are kept on the host; null: in the user's home"),
  host_key_policy: policy.describe('first_use: a host that is known by no key is known by the one that it shows first'),
  is_default: z.boolean().describe('Of its owner; it takes the place of the one before'),
};

const moduleIds = ids.describe('Modules of the project whose hosts have it, in place of those that it is given to');
const cloudIds = ids.describe('Clouds whose hosts have it, in place of those that it is given to');
const account = z.string().min(1).max(64).describe('Whose clouds they are');

/** A profile of a project to be made, or what is to change of it. */
export const newProfile = z.object({ ...optional(fields), name: fields.name, module_ids: moduleIds.optional() });
export const profileChanges = z.object({ ...optional(fields), module_ids: moduleIds.optional() });

/** The same of the installation. */
const clouds = { cloud_ids: cloudIds.optional(), supplier_account: account.optional() };
export const newCommonProfile = z.object({ ...optional(fields), name: fields.name, ...clouds });
export const commonProfileChanges = z.object({ ...optional(fields), ...clouds });

const shown = z.object({
  id: z.number().int(),
  name: z.string(),
  port: z.number().int(),
  login_user: z.string(),
  credential_id: z.number().int().nullable(),
  jump_host_id: z.number().int().nullable(),
  connect_timeout_ms: z.number().int(),
  run_folder: z.string().nullable(),
  host_key_policy: policy,
  is_default: z.boolean(),
  created_at: time,
  updated_at: time,
});
export const profile = shown.extend({ module_ids: z.array(z.number().int()) });
export const commonProfile = shown.extend({
  cloud_ids: z.array(z.number().int()),
  supplier_account: z.string().nullable().describe('Whose clouds they are; null where there are none'),
});

export type ShownSshProfile = z.input<typeof profile>;

/** A profile of a project in the words of this API. */
export function showProfile(record: GivenProfile): ShownSshProfile {
  return { ...showShared(record), module_ids: record.module_ids };
}

/** A profile of the installation in the words of this API. */
export function showCommonProfile(record: GivenProfile): z.input<typeof commonProfile> {
  const { cloud_ids, supplier_account } = record;
  return { ...showShared(record), cloud_ids, supplier_account };
}

function showShared({ id, name, port, login_user, credential_id, jump_host_id, ...record }: GivenProfile) {
  const { connect_timeout_ms, run_folder, host_key_policy, is_default, created_at, updated_at } = record;
  const reached = { port, login_user, credential_id, jump_host_id, connect_timeout_ms, run_folder };
  const times = { created_at: created_at.toISOString(), updated_at: updated_at.toISOString() };
  return { id, name, ...reached, host_key_policy, is_default, ...times };
}

function optional<T extends Record<string, z.ZodType>>(all: T): { [K in keyof T]: z.ZodOptional<T[K]> } {
  const entries = Object.entries(all).map(([name, field]) => [name, field.optional()]);
  return Object.fromEntries(entries) as { [K in keyof T]: z.ZodOptional<T[K]> };
}
