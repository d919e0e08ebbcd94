import { join } from 'node:path';
import { GantryError, wrongField } from '../../base/error';
import { isEncrypted, type PrivateKey, readPrivateKey } from '../../inventory/ssh/private-key';
import { type ThreadLimits, Threads } from '../../trees/threads';
import type { KeyRead, KeyWork } from './thread';

/** A passphrase is made slow to try: each round that ssh-keygen was told takes some hundredths of a second. */
const LIMITS: ThreadLimits = { threads: 1, deadlineMs: 15_000, maxHeapMb: 128, waitMs: 30_000, maxUnderWay: 8 };

/** Private keys with a passphrase take long to read, and can be made to take for ever: they are read in a thread. */
export class PrivateKeyReader {
  readonly #threads: Threads<KeyWork, KeyRead>;

  constructor(limits: Partial<ThreadLimits> = {}) {
    const words = 'too many private keys are being read';
    this.#threads = new Threads(join(__dirname, 'thread'), { ...LIMITS, ...limits }, words);
  }

  /** @throws GantryError as `readPrivateKey`; `unavailable` when too many are being read */
  async read(text: string, passphrase?: string): Promise<PrivateKey> {
    if (passphrase === undefined || !isEncrypted(text)) return readPrivateKey(text, passphrase);
    const read = await this.#threads.run({ text, passphrase });
    if (read === undefined) {
      const message =
        'the key takes too long to open: set its passphrase again, with fewer rounds (ssh-keygen -p -a 16)';
      throw wrongField(message, { code: 'malformed', args: { field: 'private_key' } });
    }
    if ('key' in read) return read.key;
    const { kind, message, reason, details } = read.failure;
    throw new GantryError(kind, message, { reason, details });
  }

  /** Ends the thread; the next key makes a new one. */
  close(): Promise<void> {
    return this.#threads.close();
  }
}

/** Of this process. */
export const privateKeyReader = new PrivateKeyReader();
