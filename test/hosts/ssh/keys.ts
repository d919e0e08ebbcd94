import { type ParsedKey, utils } from 'ssh2';
import { hostKeyOf } from '../../../hosts/ssh/host-keys';
import type { HostKey } from '../../../hosts/ssh/route';

export interface KeyPair {
  privateKey: string;
  /** As a host's key is known. */
  known: HostKey;
  parsed: ParsedKey;
}

/** A new key; types of ecdsa and rsa are as ssh names them. */
export function newKey(type = 'ssh-ed25519'): KeyPair {
  // About one in 200 ed25519 keys that the library makes cannot be read by it.
  for (;;) {
    const privateKey = makeKey(type);
    const parsed = utils.parseKey(privateKey);
    if (parsed instanceof Error || (parsed.sign('') as unknown) instanceof Error) continue;
    return { privateKey, parsed, known: hostKeyOf(parsed.getPublicSSH()) };
  }
}

/** The key of somebody else as it is shown by who has not got it. */
export function stolen({ known }: KeyPair): KeyPair {
  const own = newKey(known.type);
  const parsed: ParsedKey = Object.create(own.parsed, {
    getPublicSSH: { value: () => Buffer.from(known.key, 'base64') },
  });
  return { ...own, known, parsed };
}

function makeKey(type: string): string {
  if (type === 'ssh-rsa') return utils.generateKeyPairSync('rsa', { bits: 2048 }).private;
  const [, bits] = /^ecdsa-sha2-nistp(256|384|521)$/.exec(type) ?? [];
  if (bits === undefined) return utils.generateKeyPairSync('ed25519').private;
  return utils.generateKeyPairSync('ecdsa', { bits: Number(bits) as 256 | 384 | 521 }).private;
}
