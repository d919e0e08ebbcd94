/** A business, and the project that it is the business of. */
export interface BusinessPlace {
  businessId: number;
  projectId: number;
}
