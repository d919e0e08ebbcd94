import { generateKeyPairSync } from 'node:crypto';
import type { GantryError } from '../../../base/error';
import { makeKeyPair } from '../../../bench/machines/key-pair';
import { isEncrypted, readPrivateKey } from '../../../inventory/ssh/private-key';
import { readPublicKey } from '../../../inventory/ssh/public-key';
import { lockedBy } from '../../support/ssh-inventory';

const PASSPHRASE = 'open sesame';
const LOCK = lockedBy(PASSPHRASE);

const make = {
  ed25519: (lock = {}) => makeKeyPair('ed25519', lock),
  ecdsa: (lock = {}) => makeKeyPair('ecdsa', { bits: 384, ...lock }),
  rsa: (lock = {}) => makeKeyPair('rsa', lock),
};
const kinds = Object.keys(make) as (keyof typeof make)[];

describe('a private key', () => {
  it.each(kinds)('of %s is kept as it is, and tells its public half', (kind) => {
    const { private: text, public: line } = make[kind]();
    const [type, key] = line.split(' ') as [string, string];

    expect(readPrivateKey(text)).toEqual({ ...(readPublicKey(type, key) as object), text });
    expect(isEncrypted(text)).toBe(false);
  });

  it.each(kinds)('of %s with a passphrase is kept without: it is sealed, and read at every login', (kind) => {
    const { private: text, public: line } = make[kind](LOCK);

    const read = readPrivateKey(text, PASSPHRASE);

    expect(isEncrypted(text)).toBe(true);
    expect(line).toContain(`${read.type} ${read.key}`);
    expect(read.text).not.toBe(text);
    expect(isEncrypted(read.text)).toBe(false);
    expect(readPrivateKey(read.text)).toEqual(read);
  });

  it('of the old form of OpenSSL is read, with and without a passphrase', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const plain = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
    const lock = { cipher: 'aes-128-cbc', passphrase: PASSPHRASE };
    const locked = privateKey.export({ type: 'pkcs1', format: 'pem', ...lock }) as string;

    const read = readPrivateKey(plain);

    expect(read).toMatchObject({ type: 'ssh-rsa', text: plain });
    expect(isEncrypted(locked)).toBe(true);
    expect(readPrivateKey(locked, PASSPHRASE)).toMatchObject({ key: read.key, fingerprint: read.fingerprint });
  });

  const ed25519 = make.ed25519();
  const locked = make.ed25519(LOCK).private;
  const refusals: [string, string, string | undefined, string, RegExp][] = [
    ['that is none', 'SECRET nonsense', undefined, 'private_key', /no private key that can be read: ssh-keygen -p/],
    ['that is empty', '', undefined, 'private_key', /no private key that can be read/],
    ['that is cut off', ed25519.private.slice(0, 200), undefined, 'private_key', /no private key that can be read/],
    ['of PKCS 8', pkcs8(), undefined, 'private_key', /ssh-keygen -p/],
    ['that is public', ed25519.public, undefined, 'private_key', /public key: send the private one/],
    ['that is a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAA', undefined, 'private_key', /certificate/],
    ['that is too long', 'A'.repeat(65_537), undefined, 'private_key', /longer than 65536/],
    ['of RSA that is too short', weak(), undefined, 'private_key', /1024 bits: 2048 to 16384 are possible/],
    ['with a passphrase that is not sent', locked, undefined, 'passphrase', /is encrypted: send its passphrase/],
    ['with another passphrase', locked, 'SECRET', 'passphrase', /cannot be opened with this passphrase/],
    ['without the passphrase that is sent', ed25519.private, 'SECRET', 'passphrase', /has no passphrase: send none/],
    ['whose halves are not of one key', mixed(), undefined, 'private_key', /not of one key/],
  ];
  it.each(refusals)('%s is refused, and nothing of it is told', (_what, text, passphrase, field, problem) => {
    let error: GantryError | undefined;
    try {
      readPrivateKey(text, passphrase);
    } catch (thrown) {
      error = thrown as GantryError;
    }

    expect(error).toMatchObject({ kind: 'invalid', reason: { args: { field } }, details: [{ field }] });
    expect(error!.message).toMatch(problem);
    expect(error!.message).not.toContain('SECRET');
  });
});

function pkcs8(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function weak(): string {
  return makeKeyPair('rsa', { bits: 1_024 }).private;
}

/** The private half of one key with the public half of another one. */
function mixed(): string {
  const [one, two] = [make.ed25519(), make.ed25519()];
  const pointOf = (line: string) => Buffer.from(line.split(' ')[1]!, 'base64').subarray(-32);
  const file = Buffer.from(one.private.replace(/-----[^-]+-----/g, ''), 'base64').toString('latin1');
  const [from, to] = [pointOf(one.public).toString('latin1'), pointOf(two.public).toString('latin1')];
  const other = Buffer.from(
    file.replaceAll(from, () => to),
    'latin1',
  )
    .toString('base64')
    .match(/.{1,70}/g)!;
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...other, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
