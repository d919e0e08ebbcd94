import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostKey } from '../../hosts/ssh/route';
import { type KeyPair, makeKeyPair } from './key-pair';

/** Makes the key of a user. */
export function makeUserKey(): KeyPair {
  return makeKeyPair('ed25519', { comment: 'gantry-machines' });
}

/**
 * Makes a host key of each of the types that most hosts have, and writes the private ones where an ssh server looks for them.
 *
 * @returns the public ones
 */
export function writeHostKeys(folder: string): HostKey[] {
  mkdirSync(folder, { recursive: true });
  return [makeKeyPair('ed25519'), makeKeyPair('ecdsa')].map((pair, index) => {
    writeFileSync(join(folder, HOST_KEY_FILES[index]!), pair.private, { mode: 0o600 });
    const [type, key] = pair.public.split(' ');
    return { type: type!, key: key! };
  });
}

export const HOST_KEY_FILES = ['machine_ed25519', 'machine_ecdsa'] as const;
