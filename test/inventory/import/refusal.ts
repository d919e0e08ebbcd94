import { GantryError } from '../../../base/error';

/** What is said of an inventory that is refused. */
export function refusal(read: () => unknown): { kind: string; message: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof GantryError) return { kind: error.kind, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}
