import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import type { HostKey } from './route';

/**
 * Types of keys by which hosts make themselves known, the better ones first, and by what such a key signs. Signatures by
 * SHA-1, which are all that sshd before 7.2 makes with an RSA key, are not taken.
 */
const ALGORITHMS = new Map<string, readonly ServerHostKeyAlgorithm[]>([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

export const KEY_TYPES: readonly string[] = [...ALGORITHMS.keys()];

/** By what a key of a type signs; none where the type is not one that we know. */
export function algorithmsOf(type: string): readonly ServerHostKeyAlgorithm[] {
  return ALGORITHMS.get(type) ?? [];
}

/**
 * What is asked of a host that has keys of several types: those of which one is pinned come first, because it shows the
 * first one that it has. The others follow, so that one that has none of them shows what it has instead.
 */
export function preferredAlgorithms(pinned: readonly HostKey[]): ServerHostKeyAlgorithm[] {
  const isPinnedType = (type: string) => pinned.some((key) => key.type === type);
  const types = [...KEY_TYPES.filter(isPinnedType), ...KEY_TYPES.filter((type) => !isPinnedType(type))];
  return types.flatMap(algorithmsOf);
}

/** A key as ssh sends it: its type stands at its beginning. */
export function hostKeyOf(blob: Uint8Array): HostKey {
  const bytes = Buffer.from(blob);
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  return { type: bytes.subarray(4, 4 + length).toString('latin1'), key: bytes.toString('base64') };
}

export function isAmong(keys: readonly HostKey[], { type, key }: HostKey): boolean {
  return keys.some((known) => known.type === type && known.key === key);
}

/** As `ssh-keygen -l` shows it: `SHA256:` and 43 characters. */
export function fingerprintOf({ key }: HostKey): string {
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
