import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { utils } from 'ssh2';
import type { HostKey } from '../../hosts/ssh/route';

/** A pair of keys in the formats of OpenSSH. */
export interface KeyPair {
  private: string;
  public: string;
}

/** Makes the key of a user. */
export function makeUserKey(): KeyPair {
  return utils.generateKeyPairSync('ed25519', { comment: 'gantry-machines' });
}

/**
 * Makes a host key of each of the types that most hosts have, and writes the private ones where an ssh server looks for them.
 *
 * @returns the public ones
 */
export function writeHostKeys(folder: string): HostKey[] {
  mkdirSync(folder, { recursive: true });
  return [utils.generateKeyPairSync('ed25519'), utils.generateKeyPairSync('ecdsa', { bits: 256 })].map(
    (pair, index) => {
      writeFileSync(join(folder, HOST_KEY_FILES[index]!), pair.private, { mode: 0o600 });
      const [type, key] = pair.public.split(' ');
      return { type: type!, key: key! };
    },
  );
}

export const HOST_KEY_FILES = ['machine_ed25519', 'machine_ecdsa'] as const;
