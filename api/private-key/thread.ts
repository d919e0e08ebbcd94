import type { ErrorKind } from '../../base/error';
import { GantryError } from '../../base/error';
import type { Reason } from '../../base/reason';
import { type PrivateKey, readPrivateKey } from '../../inventory/ssh/private-key';

/** A key, and what it is to be opened with. */
export interface KeyWork {
  text: string;
  passphrase: string;
}

/** The key, or why it cannot be read: errors lose their class on the way between threads. */
export type KeyRead =
  | { key: PrivateKey }
  | {
      failure: {
        kind: ErrorKind;
        message: string;
        reason: Reason | undefined;
        details: readonly unknown[] | undefined;
      };
    };

/** What a thread does. Without work nothing: the thread is only to be there. */
export default function read(work: KeyWork | null): KeyRead | undefined {
  if (!work) return undefined;
  try {
    return { key: readPrivateKey(work.text, work.passphrase) };
  } catch (error) {
    if (!(error instanceof GantryError)) throw error;
    const { kind, message, reason, details } = error;
    return { failure: { kind, message, reason, details } };
  }
}
