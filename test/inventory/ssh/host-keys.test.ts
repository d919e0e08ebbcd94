import { connect, type Db } from '../../../db/connection';
import { listFacts } from '../../../db/host-facts';
import { countTrustedKeys } from '../../../db/host-keys';
import { saveFacts } from '../../../inventory/ssh/facts';
import { listHostKeys, pinFirstKey, revokeHostKey, trustHosts, trustKeys } from '../../../inventory/ssh/host-keys';
import { readPublicKey } from '../../../inventory/ssh/public-key';
import { createDatabase } from '../../support/database';
import { addSshProject, newPublicKey, type SshProject } from '../../support/ssh-inventory';

const ACTOR = { username: 'ann', appCode: 'app', source: 'api' };

describe('keys of hosts', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let of: SshProject;
  let other: SshProject;
  const [a, b, c] = [newPublicKey(), newPublicKey('ecdsa'), newPublicKey()];
  const fingerprintOf = ({ type, key }: typeof a) => (readPublicKey(type, key) as { fingerprint: string }).fingerprint;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
    of = await addSshProject(db);
    other = await addSshProject(db);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const trust = (hostId: number, keys: (typeof a)[], replace = false) =>
    trustKeys(db, of, { hostId, keys, replace, source: 'given' }, ACTOR);
  const known = async (hostId: number) => (await listHostKeys(db, of, hostId)).map(({ key }) => key);
  const audits = (hostId: number) =>
    db
      .selectFrom('audit_records')
      .select(['project_id', 'username', 'action', 'detail'])
      .where('object', '=', `host ${hostId}`)
      .orderBy('id')
      .execute();

  it('are trusted once, with an audit row that tells their fingerprints', async () => {
    const hostId = await of.host();

    const trusted = await trust(hostId, [a, b, a]);
    await trust(hostId, [b]);

    expect(trusted).toMatchObject([
      { ...a, fingerprint: fingerprintOf(a), source: 'given', added_by: 'ann' },
      { ...b, fingerprint: fingerprintOf(b) },
    ]);
    expect(await listHostKeys(db, of, hostId)).toEqual(trusted);
    expect(await countTrustedKeys(db, [hostId])).toEqual(new Map([[hostId, 2]]));
    const row = { project_id: of.projectId, username: 'ann', action: 'trust' };
    expect(await audits(hostId)).toMatchObject([
      { ...row, detail: { key: { type: a.type, fingerprint: fingerprintOf(a), source: 'given' } } },
      { ...row, detail: { key: { type: b.type, fingerprint: fingerprintOf(b) } } },
    ]);
  });

  it('are replaced: the others are revoked in the same moment', async () => {
    const hostId = await of.host();
    await trust(hostId, [a, b]);

    await trust(hostId, [b, c], true);

    expect(await known(hostId)).toEqual([b.key, c.key]);
    expect((await audits(hostId)).map(({ action }) => action)).toEqual(['trust', 'trust', 'revoke', 'trust']);
  });

  it('are revoked one by one, and can be trusted again', async () => {
    const hostId = await of.host();
    const [first] = await trust(hostId, [a, b]);

    await revokeHostKey(db, of, { hostId, keyId: first!.id }, ACTOR);

    expect(await known(hostId)).toEqual([b.key]);
    const gone = revokeHostKey(db, of, { hostId, keyId: first!.id }, ACTOR);
    await expect(gone).rejects.toMatchObject({ kind: 'not_found' });
    await trust(hostId, [a]);
    expect(await known(hostId)).toEqual([b.key, a.key]);
    expect(await audits(hostId)).toMatchObject([
      { action: 'trust' },
      { action: 'trust' },
      { action: 'revoke', detail: { key: { fingerprint: fingerprintOf(a) } } },
      { action: 'trust' },
    ]);
  });

  it('are neither told nor changed of hosts of other projects', async () => {
    const foreign = await other.host();
    const key = await other.key(foreign, 'KEPT');

    const missing = { kind: 'not_found' };
    await expect(listHostKeys(db, of, foreign)).rejects.toMatchObject(missing);
    await expect(trust(foreign, [a])).rejects.toMatchObject(missing);
    await expect(revokeHostKey(db, of, { hostId: foreign, keyId: key }, ACTOR)).rejects.toMatchObject(missing);
    expect(await listHostKeys(db, other, foreign)).toHaveLength(1);
  });

  it('of several hosts are trusted all or not at all', async () => {
    const [one, two] = [await of.host(), await of.host()];
    const foreign = await other.host();
    const wanted = (...ids: number[]) => ({
      source: 'scan' as const,
      hosts: ids.map((hostId) => ({ hostId, keys: [a] })),
    });

    await expect(trustHosts(db, of, wanted(one, foreign), ACTOR)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(trustHosts(db, of, wanted(one, one), ACTOR)).rejects.toMatchObject({ kind: 'invalid' });
    expect(await known(one)).toEqual([]);
    expect(await trustHosts(db, of, wanted(one, two), ACTOR)).toMatchObject([{ host_id: one }, { host_id: two }]);
  });

  it('are bounded', async () => {
    const hostId = await of.host();
    const keys = Array.from({ length: 21 }, () => newPublicKey());

    const tooMany = { kind: 'invalid', reason: { code: 'too_many', args: { field: 'keys', max: 20 } } };
    await expect(trust(hostId, keys)).rejects.toMatchObject(tooMany);
    await trust(hostId, keys.slice(0, 20));
    await expect(trust(hostId, [a])).rejects.toMatchObject(tooMany);
    await trust(hostId, [a], true);
    expect(await known(hostId)).toEqual([a.key]);
    const hosts = Array.from({ length: 201 }, (_, n) => ({ hostId: n + 1, keys: [a] }));
    await expect(trustHosts(db, of, { source: 'scan', hosts }, ACTOR)).rejects.toMatchObject({
      reason: { code: 'too_many', args: { field: 'hosts', max: 200 } },
    });
  });

  it('that are none are refused', async () => {
    await expect(trust(await of.host(), [{ type: 'ssh-rsa', key: a.key }])).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('no ssh-rsa key'),
    });
  });

  describe('that a host shows first', () => {
    it('are trusted where it is known by none, in the project that it is in', async () => {
      const hostId = await of.host();

      await pinFirstKey(db, { hostId, ...a }, ACTOR);
      await pinFirstKey(db, { hostId, ...a }, ACTOR);

      expect(await listHostKeys(db, of, hostId)).toMatchObject([{ ...a, source: 'first_use', added_by: 'ann' }]);
      expect(await audits(hostId)).toMatchObject([{ project_id: of.projectId, action: 'trust' }]);
    });

    it('are one, of those that come at the same moment', async () => {
      const hostId = await of.host();

      const pinned = await Promise.allSettled([a, b, c].map((key) => pinFirstKey(db, { hostId, ...key }, ACTOR)));

      expect(pinned.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await known(hostId)).toHaveLength(1);
    });

    it('are refused where it is known by another one, naming both and what would trust it', async () => {
      const hostId = await of.host();
      await trust(hostId, [a]);

      await expect(pinFirstKey(db, { hostId, ...c }, ACTOR)).rejects.toMatchObject({
        kind: 'refused',
        message:
          `host ${hostId} is known by ${fingerprintOf(a)}, and showed ${fingerprintOf(c)}; ` +
          `to trust it: gantry hosts trust ${hostId} --key ${fingerprintOf(c)}`,
      });
    });

    it('are refused where they were revoked', async () => {
      const hostId = await of.host();
      const [key] = await trust(hostId, [a]);
      await revokeHostKey(db, of, { hostId, keyId: key!.id }, ACTOR);

      await expect(pinFirstKey(db, { hostId, ...a }, ACTOR)).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('which was revoked'),
      });
      expect(await known(hostId)).toEqual([]);
    });

    it('are of no host that was deleted', async () => {
      await expect(pinFirstKey(db, { hostId: 999_999, ...a }, ACTOR)).rejects.toMatchObject({ kind: 'not_found' });
    });
  });

  it('stand beside facts, the last of which are kept, and none of a host that is gone', async () => {
    const hostId = await of.host();

    await saveFacts(db, hostId, { os: 'one' });
    await saveFacts(db, hostId, { os: 'two', text: 'a\0b' });
    await saveFacts(db, 999_999, { os: 'none' });

    expect(await listFacts(db, [hostId, 999_999])).toEqual(
      new Map([[hostId, { facts: { os: 'two', text: 'a\ufffdb' }, seen_at: expect.any(Date) }]]),
    );
  });
});
