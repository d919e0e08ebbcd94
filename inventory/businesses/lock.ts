import { GantryError } from '../../base/error';
import { type BusinessRecord, keepBusiness, lockBusiness } from '../../db/businesses';
import type { DbOrTransaction } from '../../db/connection';
import type { BusinessPlace } from '../place';

/**
 * Begins a change of what is in a business: such changes come one after the other, so that none sees half of another.
 *
 * @throws GantryError `not_found` for a business that was deleted meanwhile
 */
export async function enterBusiness(
  tx: DbOrTransaction,
  { businessId, projectId }: BusinessPlace,
): Promise<BusinessRecord> {
  const business = await lockBusiness(tx, businessId);
  if (business?.project_id === projectId) return business;
  throw noSuchBusiness(businessId);
}

/**
 * Begins a change that others of the same business may go on beside.
 *
 * @throws GantryError `not_found` for a business that was deleted, or has another id, meanwhile
 */
export async function stayInBusiness(tx: DbOrTransaction, { businessId, projectId }: BusinessPlace): Promise<void> {
  if (!(await keepBusiness(tx, { id: businessId, projectId }))) throw noSuchBusiness(businessId);
}

export function noSuchBusiness(id: number): GantryError {
  return new GantryError('not_found', `business ${id} does not exist`, {
    reason: { code: 'not_found', args: { what: 'business', id } },
  });
}
