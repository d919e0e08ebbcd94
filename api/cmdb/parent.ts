import { z } from '@hono/zod-openapi';
import { wrongField } from '../../base/error';
import type { Fields } from '../family';

/** What clients say of where a new object is, beside the path. */
export const SENT_PARENT = {
  bk_parent_id: z.unknown().optional().describe('That of the path, which is taken where there is none'),
  default: z.unknown().optional().describe('0: nobody but a business makes idle sets and modules'),
};

/**
 * The fields of an object without those that say where it is.
 *
 * @throws GantryError `invalid` when they say another parent than the path does, or that it is for idle hosts
 */
export function withoutParent({ bk_parent_id, default: kind, ...fields }: Fields, parentId: number): Fields {
  requireOnly('bk_parent_id', bk_parent_id, parentId);
  requireOnly('default', kind, 0);
  return fields;
}

function requireOnly(field: string, given: unknown, only: number): void {
  if (given === undefined || given === null || given === '' || String(given) === String(only)) return;
  throw wrongField(`${field} can only be ${only} here`, { code: 'malformed', args: { field } });
}
