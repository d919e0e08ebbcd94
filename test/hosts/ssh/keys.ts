import { type ParsedKey, utils } from 'ssh2';
import { makeKeyPair } from '../../../bench/machines/key-pair';
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
  const { private: privateKey } = makeKey(type);
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  return { privateKey, parsed, known: hostKeyOf(parsed.getPublicSSH()) };
}

/** The key of somebody else as it is shown by who has not got it. */
export function stolen({ known }: KeyPair): KeyPair {
  const own = newKey(known.type);
  const parsed: ParsedKey = Object.create(own.parsed, {
    getPublicSSH: { value: () => Buffer.from(known.key, 'base64') },
  });
  return { ...own, known, parsed };
}

function makeKey(type: string) {
  if (type === 'ssh-rsa') return makeKeyPair('rsa');
  const [, bits] = /^ecdsa-sha2-nistp(256|384|521)$/.exec(type) ?? [];
  return bits === undefined ? makeKeyPair('ed25519') : makeKeyPair('ecdsa', { bits: Number(bits) });
}
