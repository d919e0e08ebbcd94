import { createHash } from 'node:crypto';
import { readPublicKey, rsaBits } from '../../../inventory/ssh/public-key';
import { newPublicKey } from '../../support/ssh-inventory';

describe('a public key of a host', () => {
  it.each([
    ['ed25519', undefined, 'ssh-ed25519'],
    ['ecdsa', 256, 'ecdsa-sha2-nistp256'],
    ['ecdsa', 384, 'ecdsa-sha2-nistp384'],
    ['ecdsa', 521, 'ecdsa-sha2-nistp521'],
    ['rsa', 2_048, 'ssh-rsa'],
  ] as const)('of %s (%s) is read, with its fingerprint', (kind, bits, type) => {
    const { key, ...named } = newPublicKey(kind, bits);
    const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');

    expect(named).toEqual({ type });
    expect(readPublicKey(type, key)).toEqual({ type, key, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` });
  });

  it('has the fingerprint that OpenSSH gives it', () => {
    const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

    expect(readPublicKey('ssh-ed25519', key)).toMatchObject({
      fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    });
  });

  it('of RSA has as many bits as its modulus', () => {
    expect(rsaBits(Buffer.from(newPublicKey('rsa', 2_048).key, 'base64'))).toBe(2_048);
    expect(rsaBits(Buffer.from(newPublicKey('rsa', 1_024).key, 'base64'))).toBe(1_024);
    expect(rsaBits(Buffer.from(newPublicKey().key, 'base64'))).toBe(Number.POSITIVE_INFINITY);
  });

  it.each<[string, string, string, RegExp]>([
    ['of a type that is not known', 'ssh-dss', newPublicKey().key, /^keys of the type "ssh-dss" are not known/],
    ['of a certificate', 'ssh-ed25519-cert-v01@openssh.com', newPublicKey().key, /are not known/],
    ['whose type is another one', 'ssh-rsa', newPublicKey().key, /no ssh-rsa key/],
    ['that is cut off', 'ssh-ed25519', newPublicKey().key.slice(0, 40), /no ssh-ed25519 key/],
    ['that is empty', 'ssh-ed25519', '', /no ssh-ed25519 key/],
    ['that is no base64', 'ssh-ed25519', '********', /no ssh-ed25519 key/],
    ['with a comment', 'ssh-ed25519', `${newPublicKey().key} root@host`, /no ssh-ed25519 key/],
    ['on two lines', 'ssh-ed25519', `${newPublicKey().key}\nssh-rsa AAAA`, /no ssh-ed25519 key/],
    ['with more behind it', 'ssh-ed25519', longer(newPublicKey().key), /more than a key|no ssh-ed25519 key/],
    ['that is too long', 'ssh-ed25519', 'A'.repeat(8_001), /longer than 8000 characters/],
    ['of RSA that is too short', 'ssh-rsa', newPublicKey('rsa', 768).key, /768 bits: less than 1024 are not safe/],
  ])('%s is refused', (_what, type, key, problem) => {
    expect(readPublicKey(type, key)).toEqual(expect.stringMatching(problem));
  });
});

function longer(key: string): string {
  return Buffer.concat([Buffer.from(key, 'base64'), Buffer.from([0, 0, 0, 1, 65])]).toString('base64');
}
