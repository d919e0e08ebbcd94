import { createHmac } from 'node:crypto';
import { firstKey, type KeyRing, keyRing } from './keys';

/**
 * A mark that two secrets have alike when they are the same, to stand in a text that is hashed and kept. Without the key of
 * the ring, which is in no database, nobody can try words until one fits.
 *
 * @throws SecretError when the ring is empty
 */
export function markOf(secret: string, ring: KeyRing = keyRing()): string {
  return createHmac('sha256', firstKey(ring).key).update('mark of a secret\0').update(secret).digest('base64');
}
