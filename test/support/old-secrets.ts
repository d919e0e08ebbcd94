import { createCipheriv, randomBytes } from 'node:crypto';
import { firstKey, parseKeyRing } from '../../secrets/keys';

/** A token as it was made before secrets belonged to a project. */
export function sealOld(text: string, keys = process.env.GANTRY_SECRET_KEYS ?? ''): string {
  const { id, key } = firstKey(parseKeyRing(keys));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(id));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `gsec:v1:${id}:${sealed.toString('base64url')};`;
}
