/** A business, and the project that it is the business of. */
export interface BusinessPlace {
  businessId: number;
  projectId: number;
}

/** The same with the account that it is of. */
export interface InventoryPlace extends BusinessPlace {
  account: string;
}
