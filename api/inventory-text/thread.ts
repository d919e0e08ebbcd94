import { type ErrorKind, GantryError } from '../../base/error';
import type { Reason } from '../../base/reason';
import { type ImportedInventory, type InventoryFormat, readInventory } from '../../inventory/import';

/** A text, and what it is written in. */
export interface InventoryWork {
  format: InventoryFormat;
  text: string;
}

/** What it holds, or why it cannot be read: errors lose their class on the way between threads. */
export type InventoryRead =
  | { inventory: ImportedInventory }
  | {
      failure: {
        kind: ErrorKind;
        message: string;
        details: readonly unknown[] | undefined;
        reason: Reason | undefined;
      };
    };

/** What a thread does. Without work nothing: the thread is only to be there. */
export default function read(work: InventoryWork | null): InventoryRead | undefined {
  if (!work) return undefined;
  try {
    return { inventory: readInventory(work.format, work.text) };
  } catch (error) {
    if (!(error instanceof GantryError)) throw error;
    const { kind, message, details, reason } = error;
    return { failure: { kind, message, details, reason } };
  }
}
