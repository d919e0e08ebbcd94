import { createPrivateKey } from 'node:crypto';
import { type ParsedKey, utils } from 'ssh2';
import { type GantryError, wrongField } from '../../base/error';
import { describeKey, type PublicKey, rsaBits } from './public-key';
import { writeEd25519 } from './write-ed25519';

/** Of a private key: one of RSA with 16,384 bits has 13,000. */
export const MAX_PRIVATE_KEY_LENGTH = 65_536;
export const MAX_PASSPHRASE_LENGTH = 1_000;

const TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'];
const RSA_BITS = { min: 2_048, max: 16_384 };
const CONVERT = 'ssh-keygen -p -f FILE makes an OpenSSH key of most others';

/** A private key as it is kept, and the public one that belongs to it. */
export interface PrivateKey extends PublicKey {
  /**
   * Without a passphrase: what a passphrase protects is sealed here, and to undo that at each login would take a second of
   * work each time.
   */
  text: string;
}

/** Whether a key has to be read with a passphrase, which takes a second or more. */
export function isEncrypted(text: string): boolean {
  const parsed = parse(text);
  return parsed instanceof Error && /no passphrase given/.test(parsed.message);
}

/**
 * Reads a private key that somebody sends.
 *
 * @throws GantryError `invalid` naming the field, `private_key` or `passphrase`; nothing of either is in it
 */
export function readPrivateKey(text: string, passphrase?: string): PrivateKey {
  requireNoOther(text);
  if (passphrase !== undefined && !isEncrypted(text)) {
    const key = readPrivateKey(text);
    throw wrong('passphrase', `the key ${key.fingerprint} has no passphrase: send none`);
  }
  const parsed = parse(text, passphrase);
  if (parsed instanceof Error) throw unreadable(parsed, passphrase !== undefined);
  requireStrong(parsed);
  const key = describeKey(parsed);
  if (passphrase === undefined) return { ...key, text };
  const opened = decrypted(parsed);
  // What is kept is what is read at every login: it has to be that key.
  if (readPrivateKey(opened).fingerprint === key.fingerprint) return { ...key, text: opened };
  throw wrong('private_key', `the key cannot be kept without its passphrase: ${CONVERT}`);
}

/** What people send in place of a private key. */
function requireNoOther(text: string): void {
  if (text.length > MAX_PRIVATE_KEY_LENGTH) {
    const args = { field: 'private_key', max: MAX_PRIVATE_KEY_LENGTH };
    throw wrongField(`the key is longer than ${MAX_PRIVATE_KEY_LENGTH} characters`, { code: 'too_long', args });
  }
  if (/-cert-v01@openssh\.com/.test(text)) {
    throw wrong('private_key', 'this is a certificate, by which Gantry cannot log in: send a private key');
  }
  if (/^\s*((ssh|ecdsa|sk)-\S+ AAAA|---- BEGIN SSH2 PUBLIC KEY)/.test(text)) {
    throw wrong('private_key', 'this is a public key: send the private one');
  }
}

function requireStrong(key: ParsedKey): void {
  if (!key.isPrivateKey()) throw wrong('private_key', 'this is a public key: send the private one');
  if (!TYPES.includes(key.type)) {
    throw wrong('private_key', `keys of the type ${key.type} are not supported: those of ${TYPES.join(', ')} are`);
  }
  const bits = rsaBits(key.getPublicSSH());
  if (key.type === 'ssh-rsa' && (bits < RSA_BITS.min || bits > RSA_BITS.max)) {
    throw wrong('private_key', `the key has ${bits} bits: ${RSA_BITS.min} to ${RSA_BITS.max} are possible`);
  }
  if (!belongsTogether(key)) throw wrong('private_key', 'its private and its public half are not of one key');
}

/** Files say both halves: one that was put together would be known by a fingerprint that is not its own. */
function belongsTogether(key: ParsedKey): boolean {
  const text = 'are they one key?';
  try {
    const signature = key.sign(text);
    // Its type says so, and it answers an error.
    return Buffer.isBuffer(signature) && key.verify(text, signature) === true;
  } catch {
    return false;
  }
}

function decrypted(key: ParsedKey): string {
  const pem = key.getPrivatePEM();
  return key.type === 'ssh-ed25519' ? writeEd25519(createPrivateKey(pem)) : `${pem}\n`;
}

/** The parser throws at some of what is none. */
function parse(text: string, passphrase?: string): ParsedKey | Error {
  try {
    return utils.parseKey(text, passphrase) ?? new Error('no key');
  } catch (error) {
    return error as Error;
  }
}

/** @param hasPassphrase whether one was sent: then it is what is wrong, of a key that is one */
function unreadable({ message }: Error, hasPassphrase: boolean): GantryError {
  if (/no passphrase given/.test(message)) {
    return wrong('passphrase', 'the key is encrypted: send its passphrase too');
  }
  if (hasPassphrase) return wrong('passphrase', 'the key cannot be opened with this passphrase');
  return wrong('private_key', `this is no private key that can be read: ${CONVERT}`);
}

function wrong(field: 'private_key' | 'passphrase', message: string): GantryError {
  return wrongField(message, { code: 'malformed', args: { field } });
}
