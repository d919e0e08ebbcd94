import { openRoute } from '../../../activities/hosts/open-route';
import type { SealedHop } from '../../../inventory/ssh/route';
import type { SealPlace } from '../../../secrets/place';
import { seal } from '../../../secrets/token';

const ROTATED_AT = new Date('2026-11-28T04:00:00Z');

function sealedHop(hostId: number, projectId: number | null, secrets: Record<string, string>): SealedHop {
  const place: SealPlace = projectId ?? 'common';
  const secret = Object.fromEntries(Object.entries(secrets).map(([name, text]) => [name, seal(text, place)]));
  const kind = 'password' in secrets ? 'password' : 'private_key';
  return {
    hostId,
    address: `10.0.0.${hostId}`,
    port: 22,
    user: 'deploy',
    credential: { id: 70 + hostId, projectId, kind, secret, rotatedAt: ROTATED_AT },
    keys: [{ type: 'ssh-ed25519', key: 'AAAA' }],
    trustsFirst: false,
    connectTimeoutMs: 10_000,
  };
}

const none = { becomeUser: null, runFolder: null };

describe('a way to a host, opened', () => {
  beforeAll(() => {
    process.env.GANTRY_SECRET_KEYS = `test:${Buffer.alloc(32, 'test').toString('base64')}`;
  });

  it('has each login open, where it was sealed, and nothing else of it', () => {
    const jump = sealedHop(1, null, { private_key: 'PRIVATE', passphrase: 'open sesame' });
    const { route } = openRoute({ ...none, hops: [jump, sealedHop(2, 7, { password: 'hunter2' })] });

    expect(route.map(({ hostId, login }) => [hostId, login])).toEqual([
      [1, { kind: 'private_key', privateKey: 'PRIVATE', passphrase: 'open sesame' }],
      [2, { kind: 'password', password: 'hunter2' }],
    ]);
    expect(route[1]).not.toHaveProperty('credential');
    expect(route[1]).toMatchObject({ address: '10.0.0.2', port: 22, user: 'deploy', keys: [{ key: 'AAAA' }] });
  });

  it('says as whom work is done, and where', () => {
    const hops = [sealedHop(1, 7, { password: 'x' })];

    expect(openRoute({ hops, becomeUser: 'app', runFolder: '/srv/runs' })).toMatchObject({
      become: ['sudo', '-n', '-H', '-u', 'app'],
      runFolder: '/srv/runs',
    });
    expect(openRoute({ hops, ...none })).toMatchObject({ become: undefined, runFolder: undefined });
  });

  it('is another one when the credential was rotated, is another, or the session is', () => {
    const hop = sealedHop(1, 7, { password: 'x' });
    const keyOf = (credential: Partial<SealedHop['credential']>, session?: string) =>
      openRoute({ ...none, hops: [{ ...hop, credential: { ...hop.credential, ...credential } }] }, session).route[0]
        .loginKey;

    const keys = [keyOf({}), keyOf({ id: 5 }), keyOf({ rotatedAt: new Date(0) }), keyOf({}, 'one'), keyOf({}, 'two')];

    expect(new Set(keys).size).toBe(5);
    expect(keyOf({})).toBe(keys[0]);
  });

  it('masks every login of it, however it is written', () => {
    const jump = sealedHop(1, null, { private_key: 'PRIVATE-KEY', passphrase: 'open sesame' });
    const { mask } = openRoute({ ...none, hops: [jump, sealedHop(2, 7, { password: 'hunter2&co' })] });

    const told = ['hunter2&co', 'HUNTER2&CO', 'hunter2%26co', Buffer.from('hunter2&co').toString('base64')];
    for (const secret of [...told, 'open sesame', 'PRIVATE-KEY', 'gsec:v2:test:abcdefgh;']) {
      expect(mask(`it said ${secret} to me`)).not.toContain(secret);
    }
    expect(mask('host 2 (10.0.0.2:22) refuses connections')).toBe('host 2 (10.0.0.2:22) refuses connections');
  });

  it('does not open what is sealed for another project', () => {
    const hop = sealedHop(1, 7, { password: 'hunter2' });
    const stolen = { ...hop, credential: { ...hop.credential, projectId: 8 } };

    expect(() => openRoute({ ...none, hops: [stolen] })).toThrow('a secret cannot be opened');
  });
});
