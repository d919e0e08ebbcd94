import { utils } from 'ssh2';

export type KeyKind = 'ed25519' | 'ecdsa' | 'rsa';

interface KeyOptions {
  /** Default: 256 of ecdsa, 2,048 of rsa. */
  bits?: number | undefined;
  comment?: string;
  passphrase?: string;
  cipher?: string;
  /** Of the derivation from the passphrase. */
  rounds?: number;
}

/** A pair of keys in the formats of OpenSSH. */
export interface KeyPair {
  private: string;
  public: string;
}

/** Makes a pair of keys. Of those that ssh2 makes of Ed25519 one in some hundreds is none: ssh-keygen refuses it too. */
export function makeKeyPair(kind: KeyKind = 'ed25519', options: KeyOptions = {}): KeyPair {
  for (;;) {
    const pair = generate(kind, options);
    const halves = [utils.parseKey(pair.private, options.passphrase), utils.parseKey(pair.public)];
    const [one, other] = halves.map((key) => (key instanceof Error ? undefined : key.getPublicSSH()));
    if (one && other?.equals(one)) return pair;
  }
}

function generate(kind: KeyKind, { bits, ...more }: KeyOptions): KeyPair {
  if (kind === 'ed25519') return utils.generateKeyPairSync(kind, more);
  if (kind === 'rsa') return utils.generateKeyPairSync(kind, { bits: bits ?? 2_048, ...more });
  return utils.generateKeyPairSync(kind, { bits: (bits ?? 256) as 256, ...more });
}
