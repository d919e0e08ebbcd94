import { z } from '@hono/zod-openapi';
import type { HostGroupRecord } from '../../../db/host-groups';
import { time } from '../business';
import { condition } from '../hosts/condition';

const MAX_NAME_LENGTH = 100;

export const name = z.string().trim().min(1).max(MAX_NAME_LENGTH);

export const group = z.object({
  id: z.number().int(),
  name: z.string(),
  condition,
  created_at: time,
  updated_at: time,
});

/** A host group in the words of this API. */
export function showGroup({ id, name, selector, created_at, updated_at }: HostGroupRecord): z.input<typeof group> {
  return {
    id,
    name,
    condition: selector as Record<string, unknown>,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
