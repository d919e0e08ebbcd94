import type { KeyObject } from 'node:crypto';

const TYPE = 'ssh-ed25519';
const BLOCK_BYTES = 8;

/** An Ed25519 key as OpenSSH writes it without a passphrase: the one form of it that ssh2 reads. */
export function writeEd25519(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const publicKey = fields(TYPE, point);
  // Two numbers that are the same, by which a passphrase that is wrong is found out.
  const privateKey = Buffer.concat([Buffer.alloc(8), fields(TYPE, point, Buffer.concat([seed, point]), '')]);
  const padding = Buffer.from(Array.from({ length: BLOCK_BYTES - (privateKey.length % BLOCK_BYTES) }, (_, n) => n + 1));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    fields('none', 'none', ''),
    number(1),
    fields(publicKey, Buffer.concat([privateKey, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g)!;
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** Each with its length before it. */
function fields(...values: (string | Buffer)[]): Buffer {
  return Buffer.concat(
    values.map((value) => Buffer.from(value as string)).flatMap((bytes) => [number(bytes.length), bytes]),
  );
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
