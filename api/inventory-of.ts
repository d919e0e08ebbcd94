import { GantryError } from '../base/error';
import type { EnteredProject } from '../db/admission';
import type { InventoryPlace } from '../inventory/place';

/** Where the inventory of a project is. @throws GantryError `not_found` where its business was deleted */
export function inventoryOf({ id, business_id, supplier_account }: EnteredProject): InventoryPlace {
  if (business_id !== null && supplier_account !== null) {
    return { projectId: id, businessId: business_id, account: supplier_account };
  }
  throw new GantryError('not_found', `project ${id} has no business any more, so it has no inventory`, {
    reason: { code: 'not_found', args: { what: 'business', id: `of project ${id}` } },
  });
}
