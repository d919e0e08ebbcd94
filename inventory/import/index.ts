export { FORMATS, type InventoryFormat, readInventory } from './read';
export type { Dropped, ImportedHost, ImportedInventory, ImportedSsh } from './record';
