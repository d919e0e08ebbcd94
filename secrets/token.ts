import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { firstKey, type KeyRing, keyRing, SecretError } from './keys';

/** What people are shown in place of a secret. */
export const MASK = '******';

/** Every token begins like this. */
export const TOKEN_PREFIX = 'gsec:v1:';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Nothing in a token means anything to the expression language, to JSON or to a shell, and its end is its own. */
const TOKEN = /gsec:v1:([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]{38,});/g;

/** Seals a text as a token: `gsec:v1:<key id>:<base64url of nonce, cipher text and tag>;` (AES-256-GCM). */
export function seal(text: string, ring: KeyRing = keyRing()): string {
  const { id, key } = firstKey(ring);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(id));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${TOKEN_PREFIX}${id}:${sealed.toString('base64url')};`;
}

/** Whether a text is one token and nothing else. */
export function isToken(text: string): boolean {
  return text.startsWith(TOKEN_PREFIX) && text.replace(TOKEN, '') === '';
}

/**
 * Replaces every token in a text by what `replace` makes of its secret.
 *
 * @throws SecretError when a token cannot be opened
 */
export function replaceTokens(
  text: string,
  replace: (secret: string, token: string) => string,
  ring: KeyRing = keyRing(),
): string {
  if (!text.includes(TOKEN_PREFIX)) return text;
  return text.replace(TOKEN, (token: string, id: string, sealed: string) => replace(open(id, sealed, ring), token));
}

/** A text as people may see it: tokens are cipher text, but whoever has one could let a task of theirs open it. */
export function maskTokens(text: string, mask = MASK): string {
  return text.includes(TOKEN_PREFIX) ? text.replace(TOKEN, mask) : text;
}

/** Seals what other keys than the first one have sealed, wherever it stands in a text. */
export function resealTokens(text: string, ring: KeyRing = keyRing()): string {
  const current = `${TOKEN_PREFIX}${firstKey(ring).id}:`;
  return replaceTokens(text, (secret, token) => (token.startsWith(current) ? token : seal(secret, ring)), ring);
}

function open(id: string, sealed: string, ring: KeyRing): string {
  const key = ring.get(id);
  if (!key) throw new SecretError(`a secret cannot be opened: GANTRY_SECRET_KEYS has no key ${id}`);
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(id));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new SecretError(`a secret cannot be opened: it was not sealed with key ${id} of this installation`, {
      cause,
    });
  }
}
