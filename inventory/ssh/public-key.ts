import { createHash } from 'node:crypto';
import { type ParsedKey, utils } from 'ssh2';

/** Of the text of a key: one of RSA with 16,384 bits has 2,800. */
export const MAX_PUBLIC_KEY_LENGTH = 8_000;
/** As OpenSSH has it: shorter ones can be broken. */
const MIN_RSA_BITS = 1_024;

const TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'] as const;

/** A public key by which a host is known. */
export interface PublicKey {
  /** As `ssh-ed25519`. */
  type: string;
  /** Base64 of the key as ssh sends it. */
  key: string;
  /** `SHA256:...`, as OpenSSH writes it. */
  fingerprint: string;
}

/** Reads a public key that somebody sends; a text that says what is wrong with it. */
export function readPublicKey(type: string, key: string): PublicKey | string {
  if (!(TYPES as readonly string[]).includes(type)) {
    return `keys of the type "${type.slice(0, 100)}" are not known: those of ${TYPES.join(', ')} are`;
  }
  if (key.length > MAX_PUBLIC_KEY_LENGTH) return `the key is longer than ${MAX_PUBLIC_KEY_LENGTH} characters`;
  const parsed = /^[A-Za-z0-9+/]+={0,2}$/.test(key) ? utils.parseKey(`${type} ${key}`) : undefined;
  if (!parsed || parsed instanceof Error || parsed.type !== type) {
    return `the key is no ${type} key: it has to be what stands behind the type in known_hosts, in base64`;
  }
  const blob = parsed.getPublicSSH();
  // Whatever stands behind the key would make another one of it for who compares them.
  if (!blob.equals(Buffer.from(key, 'base64'))) return `there is more than a key of the type ${type}`;
  if (rsaBits(blob) < MIN_RSA_BITS) return `the key has ${rsaBits(blob)} bits: less than ${MIN_RSA_BITS} are not safe`;
  return describeKey(parsed);
}

/** A key that was parsed, as it is stored and shown. */
export function describeKey(parsed: ParsedKey): PublicKey {
  const blob = parsed.getPublicSSH();
  return { type: parsed.type, key: blob.toString('base64'), fingerprint: fingerprintOf(blob) };
}

/** The fingerprint of a public key as ssh sends it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Bits of an RSA key as ssh sends it; infinite for a key of another type, whose length its type says. */
export function rsaBits(blob: Buffer): number {
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; at += 4 + blob.readUInt32BE(at)) {
    fields.push(blob.subarray(at + 4, at + 4 + blob.readUInt32BE(at)));
  }
  const [type, , modulus] = fields;
  if (type?.toString('latin1') !== 'ssh-rsa' || !modulus) return Number.POSITIVE_INFINITY;
  const digits = modulus.toString('hex').replace(/^0+/, '');
  return digits === '' ? 0 : BigInt(`0x${digits}`).toString(2).length;
}
