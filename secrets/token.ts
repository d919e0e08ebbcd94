import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SEALED_MARK } from '../base/sealed-text';
import { firstKey, type KeyRing, keyRing, SecretError } from './keys';
import type { SealPlace } from './place';

/** Tokens of the form that is made now. */
export const TOKEN_PREFIX = 'gsec:v2:';
/** Tokens that were sealed before they belonged to a place. */
export const OLD_PREFIX = 'gsec:v1:';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Nothing in a token means anything to the expression language, to JSON or to a shell, and its end is its own. */
const TOKEN = /gsec:v([12]):([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]{38,});/g;
const ONE_TOKEN = new RegExp(`^${TOKEN.source}$`);
/** Where tokens are opened. */
export interface Opening {
  place: SealPlace;
  /** Whether tokens of the old form, which open anywhere, are to be opened (docs/operations.md, "Secrets"). */
  opensOld?: boolean;
}

/**
 * Seals a text as a token: `gsec:v2:<key id>:<base64url of nonce, cipher text and tag>;` (AES-256-GCM). It opens in its
 * place alone.
 */
export function seal(text: string, place: SealPlace, ring: KeyRing = keyRing()): string {
  const { id, key } = firstKey(ring);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(boundTo(id, place));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${TOKEN_PREFIX}${id}:${sealed.toString('base64url')};`;
}

/** Whether a text is one token and nothing else. */
export function isToken(text: string): boolean {
  return text.startsWith(SEALED_MARK) && ONE_TOKEN.test(text);
}

/**
 * Replaces every token in a text by what `replace` makes of its secret.
 *
 * @throws SecretError when a token cannot be opened
 */
export function replaceTokens(
  text: string,
  opening: Opening,
  replace: (secret: string, token: string) => string,
  ring: KeyRing = keyRing(),
): string {
  if (!text.includes(SEALED_MARK)) return text;
  return text.replace(TOKEN, (token: string, form: string, id: string, sealed: string) =>
    replace(open({ isOld: form === '1', id, sealed }, opening, ring), token),
  );
}

/**
 * Seals for a place, with the first key, what stands in a text and is not sealed like that yet.
 *
 * @param from where the tokens open now
 * @param leave what to do with one that cannot be opened, given the reason; it stays. By default that is thrown
 * @throws SecretError when a token cannot be opened
 */
export function resealTokens(
  text: string,
  { from, to, leave }: { from: Opening; to: SealPlace; leave?: (reason: string) => void },
  ring: KeyRing = keyRing(),
): string {
  if (!text.includes(SEALED_MARK)) return text;
  const current = `${TOKEN_PREFIX}${firstKey(ring).id}:`;
  return text.replace(TOKEN, (token: string) => {
    if (from.place === to && token.startsWith(current)) return token;
    try {
      return replaceTokens(token, from, (secret) => seal(secret, to, ring), ring);
    } catch (error) {
      if (!leave || (error as Error).name !== 'SecretError') throw error;
      leave((error as Error).message);
      return token;
    }
  });
}

/** What a token is bound to besides its key; those of the old form to the key alone. */
function boundTo(keyId: string, place: SealPlace | undefined): Buffer {
  if (place === undefined) return Buffer.from(keyId);
  return Buffer.from(`${TOKEN_PREFIX}${keyId}:${place === 'common' ? place : `project:${place}`}`);
}

interface Token {
  isOld: boolean;
  id: string;
  sealed: string;
}

function open({ isOld, id, sealed }: Token, { place, opensOld = false }: Opening, ring: KeyRing): string {
  if (isOld && !opensOld) {
    throw new SecretError(
      'a secret cannot be opened: it was sealed before the upgrade, and only tasks from before it open such: ' +
        'give the password again',
    );
  }
  const key = ring.get(id);
  if (!key) throw new SecretError(`a secret cannot be opened: GANTRY_SECRET_KEYS has no key ${id}`);
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(boundTo(id, isOld ? undefined : place));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch (cause) {
    const whose = isOld ? '' : place === 'common' ? ' for what is common' : ' for this project';
    throw new SecretError(`a secret cannot be opened: it was not sealed${whose} with key ${id} of this installation`, {
      cause,
    });
  }
}
