import { join } from 'node:path';
import { GantryError } from '../../base/error';
import type { ImportedInventory, InventoryFormat } from '../../inventory/import';
import { type ThreadLimits, Threads } from '../../trees/threads';
import type { InventoryRead, InventoryWork } from './thread';

/** Four million characters of an honest inventory take some seconds. */
const LIMITS: ThreadLimits = { threads: 2, deadlineMs: 30_000, maxHeapMb: 512, waitMs: 30_000, maxUnderWay: 16 };

/** Inventories may be large, and their texts made to be slow to read: they are read in a thread. */
export class InventoryReader {
  readonly #threads: Threads<InventoryWork, InventoryRead>;

  constructor(limits: Partial<ThreadLimits> = {}) {
    const words = 'too many inventories are being read';
    this.#threads = new Threads(join(__dirname, 'thread'), { ...LIMITS, ...limits }, words);
  }

  /** @throws GantryError as `readInventory`; `unavailable` when too many are being read */
  async read(format: InventoryFormat, text: string): Promise<ImportedInventory> {
    const read = await this.#threads.run({ format, text });
    if (read === undefined) {
      throw new GantryError('too_large', 'the inventory takes too long to read: send it in parts, or as CSV');
    }
    if ('inventory' in read) return read.inventory;
    const { kind, message, details, reason } = read.failure;
    throw new GantryError(kind, message, { details, reason });
  }

  /** Ends the threads; the next text makes new ones. */
  close(): Promise<void> {
    return this.#threads.close();
  }
}

/** Of this process. */
export const inventoryReader = new InventoryReader();
