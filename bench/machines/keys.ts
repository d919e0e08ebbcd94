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
  return makeEd25519('gantry-machines');
}

/** Of those that ssh2 makes one in some hundreds is none: its public half is too short, and every reader refuses it. */
function makeEd25519(comment?: string): KeyPair {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519', comment === undefined ? {} : { comment });
    const halves = [utils.parseKey(pair.private), utils.parseKey(pair.public)];
    const [one, other] = halves.map((key) => (key instanceof Error ? undefined : key.getPublicSSH()));
    if (one && other?.equals(one)) return pair;
  }
}

/**
 * Makes a host key of each of the types that most hosts have, and writes the private ones where an ssh server looks for them.
 *
 * @returns the public ones
 */
export function writeHostKeys(folder: string): HostKey[] {
  mkdirSync(folder, { recursive: true });
  return [makeEd25519(), utils.generateKeyPairSync('ecdsa', { bits: 256 })].map((pair, index) => {
    writeFileSync(join(folder, HOST_KEY_FILES[index]!), pair.private, { mode: 0o600 });
    const [type, key] = pair.public.split(' ');
    return { type: type!, key: key! };
  });
}

export const HOST_KEY_FILES = ['machine_ed25519', 'machine_ecdsa'] as const;
