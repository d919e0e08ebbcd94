import { z } from '@hono/zod-openapi';
import { FORMATS } from '../../../../inventory/import';

/** How many of each list are told; the counts are of all. */
export const MAX_LISTED = 1_000;

const format = z
  .enum(FORMATS)
  .describe('ansible_yaml and ansible_ini: groups become tags; ssh_config: as ~/.ssh/config');

export const importBody = z.object({
  format,
  text: z.string().describe('At most 4 MB and 20,000 hosts'),
  is_preview: z.boolean().default(false).describe('Only say what it would do'),
});

const at = z.string().describe('Where it stands in the text');
const key = { name: z.string(), address: z.string().nullable(), cloud_id: z.number().int() };
const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
const list = <T extends z.ZodType>(item: T) => z.array(item).describe(`The first of them, ${MAX_LISTED} at most`);

export const imported = z.object({
  is_preview: z.boolean(),
  counts: z.object({
    create: z.number().int(),
    update: z.number().int(),
    unchanged: z.number().int(),
    refused: z.number().int(),
    dropped: z.number().int(),
  }),
  create: list(
    z.object({
      at,
      id: z.number().int().nullable().describe('null in a preview'),
      ...key,
      is_disabled: z.boolean(),
      ssh_profile: z.string().nullable().describe('The name of its own'),
      tags: z.array(z.string()),
      variables: z.record(z.string(), z.string()),
    }),
  ),
  update: list(
    z.object({
      at,
      id: z.number().int(),
      ...key,
      changes: z.array(
        z.object({
          field: z.string().describe('name, address, cloud_id, is_disabled, tags, ssh_profile, or variables.NAME'),
          before: value,
          after: value,
        }),
      ),
    }),
  ),
  unchanged: list(z.object({ at, id: z.number().int(), ...key })),
  ssh_profiles: list(
    z.object({
      at,
      id: z.number().int().nullable().describe('null in a preview'),
      name: z.string(),
      port: z.number().int(),
      login_user: z.string(),
      credential_id: z.number().int().nullable(),
      jump_host: z.string().nullable().describe('The name of the host over which the others are reached'),
      host_count: z.number().int().describe('Hosts of the import that have it then'),
    }),
  ).describe('Those that are made: how hosts are reached'),
  refused: list(z.object({ at, ...key, why: z.string() })),
  dropped: list(z.object({ at, what: z.string(), why: z.string() })).describe('What is not taken over'),
});

export type ShownImport = z.input<typeof imported>;
