const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const KEY_BYTES = 32;

/** Keys by id; the first one seals, all of them open. */
export type KeyRing = ReadonlyMap<string, Buffer>;

/** A secret cannot be sealed or opened with the keys that there are. The message is safe to show. */
export class SecretError extends Error {
  override name = 'SecretError';
}

/**
 * Reads a ring of keys, `id:base64,id:base64`; each key is 32 bytes. Empty text is an empty ring.
 *
 * @throws SecretError that names the key, never its content
 */
export function parseKeyRing(text: string): KeyRing {
  const ring = new Map<string, Buffer>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const [id = '', ...rest] = entry.split(':');
    if (!KEY_ID.test(id)) throw new SecretError('GANTRY_SECRET_KEYS: a key id is not 1 to 32 letters, digits, _ or -');
    const key = Buffer.from(rest.join(':'), 'base64');
    if (key.length !== KEY_BYTES) throw new SecretError(`GANTRY_SECRET_KEYS: key ${id} is not ${KEY_BYTES} bytes`);
    if (ring.has(id)) throw new SecretError(`GANTRY_SECRET_KEYS: key ${id} is there twice`);
    ring.set(id, key);
  }
  return ring;
}

let known: { text: string; ring: KeyRing } | undefined;

/** The ring of this process, from `GANTRY_SECRET_KEYS`; empty when that is not set. */
export function keyRing(): KeyRing {
  const text = process.env.GANTRY_SECRET_KEYS ?? '';
  if (known?.text !== text) known = { text, ring: parseKeyRing(text) };
  return known.ring;
}

/** The key that seals. */
export function firstKey(ring: KeyRing): { id: string; key: Buffer } {
  for (const [id, key] of ring) return { id, key };
  throw new SecretError('there is no key to keep secrets with: set GANTRY_SECRET_KEYS to id:base64 of 32 random bytes');
}
