import { utils } from 'ssh2';
import { PrivateKeyReader } from '../../../api/private-key/reader';
import { makeKeyPair } from '../../../bench/machines/key-pair';
import { findSecrets } from '../../../db/credentials';
import { parseKeyRing } from '../../../secrets/keys';
import type { SealPlace } from '../../../secrets/place';
import { replaceTokens } from '../../../secrets/token';
import { rotateSecrets } from '../../../tasks/rotate-secrets';
import { addCaller, addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { addSshProject, lockedBy } from '../../support/ssh-inventory';
import { auditsOf } from '../../support/topology';
import { allOf, dataOf, V1Client } from '../../support/v1';

/** Stands in every secret that is sent, so that it is found wherever it comes out again. */
const MARK = 'UNMISTAKABLE';
const PASSWORD = `${MARK}-password`;
const PASSPHRASE = `${MARK}-passphrase`;
const keyOf = (id: string) => `${id}:${Buffer.alloc(32, id).toString('base64')}`;
const LOCK = lockedBy(PASSPHRASE);

describe('credentials of /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let keys: string | undefined;
  const path = '/projects/1/credentials';
  const pair = makeKeyPair();
  const line = pair.public.trim();

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
    keys = process.env.GANTRY_SECRET_KEYS;
  });
  afterAll(async () => {
    process.env.GANTRY_SECRET_KEYS = keys;
    await gantry.stop();
  });

  const add = async (name: string, body: object = { kind: 'password', password: PASSWORD }, at = path) =>
    dataOf(await v1.post(at, { name, ...body }));
  /** What a credential holds, opened where it belongs. */
  async function opened(id: number, place: SealPlace = 1, ring = process.env.GANTRY_SECRET_KEYS!) {
    const [row] = await findSecrets(gantry.db, [id]);
    const open = (token: string) => replaceTokens(token, { place }, (secret) => secret, parseKeyRing(ring));
    return Object.fromEntries(Object.entries(row!.secret).map(([name, token]) => [name, open(token)]));
  }
  const dump = async () => {
    const [rows, audits, answers] = [
      await gantry.db.selectFrom('credentials').selectAll().execute(),
      await gantry.db.selectFrom('audit_records').selectAll().execute(),
      await gantry.db.selectFrom('idempotency_keys').selectAll().execute(),
    ];
    return JSON.stringify([rows, audits, answers]);
  };

  it('are kept sealed, and shown without what they hold', async () => {
    const made = await add('password');

    expect(made).toEqual({
      id: expect.any(Number),
      name: 'password',
      kind: 'password',
      public_key: null,
      fingerprint: null,
      profile_count: 0,
      account_count: 0,
      created_by: 'admin',
      rotated_by: 'admin',
      rotated_at: expect.any(String),
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect(dataOf(await v1.get(`${path}/${made.id}`))).toEqual(made);
    expect(await allOf(v1, path, 1)).toContainEqual(made);
    expect(await opened(made.id)).toEqual({ password: PASSWORD });
  });

  it('are private keys too, with their public half; a passphrase is used once and not kept', async () => {
    const locked = makeKeyPair('ed25519', LOCK);

    const plain = await add('plain', { kind: 'private_key', private_key: pair.private });
    const opens = await add('locked', { kind: 'private_key', private_key: locked.private, passphrase: PASSPHRASE });

    expect(plain).toMatchObject({ kind: 'private_key', fingerprint: expect.stringMatching(/^SHA256:.{43}$/) });
    expect(line.startsWith(plain.public_key)).toBe(true);
    expect(await opened(plain.id)).toEqual({ private_key: pair.private });
    const { private_key, ...rest } = await opened(opens.id);
    expect(rest).toEqual({});
    expect(locked.public).toContain(
      (utils.parseKey(private_key!) as { getPublicSSH(): Buffer }).getPublicSSH().toString('base64'),
    );
  });

  it('are rotated: what uses them stays, and the audit says that, and nothing of the secret', async () => {
    const { id, ...before } = await add('rotated', { kind: 'private_key', private_key: pair.private });
    const other = makeKeyPair();
    const ann = v1.with(await addCaller(gantry, 'ann', 'admin'));

    const renamed = dataOf(await ann.patch(`${path}/${id}`, { name: 'renamed' }));
    const rotated = dataOf(await ann.patch(`${path}/${id}`, { private_key: other.private }));

    expect(renamed).toMatchObject({ name: 'renamed', rotated_by: 'admin', fingerprint: before.fingerprint });
    expect(renamed.rotated_at).toBe(before.rotated_at);
    expect(rotated).toMatchObject({ name: 'renamed', created_by: 'admin', rotated_by: 'ann' });
    expect(rotated.rotated_at > before.rotated_at).toBe(true);
    expect(rotated.fingerprint).not.toBe(before.fingerprint);
    expect(await opened(id)).toEqual({ private_key: other.private });
    expect(await auditsOf(gantry, `credential ${id}`)).toMatchObject([
      { action: 'create', project_id: 1, detail: { after: { name: 'rotated', fingerprint: before.fingerprint } } },
      { action: 'update', username: 'ann', detail: { after: { name: 'renamed', is_secret_changed: false } } },
      {
        action: 'update',
        detail: {
          before: { fingerprint: before.fingerprint },
          after: { fingerprint: rotated.fingerprint, is_secret_changed: true },
        },
      },
    ]);
  });

  it.each<[object | string, string, string | undefined]>([
    [{ kind: 'password', password: PASSWORD }, 'required', 'name'],
    [{ name: ' ', kind: 'password', password: PASSWORD }, 'malformed', 'name'],
    [{ name: 'a\u0007b', kind: 'password', password: PASSWORD }, 'malformed', 'name'],
    [{ name: 'x', kind: 'token', password: PASSWORD }, 'malformed', 'kind'],
    [{ name: 'x', kind: PASSWORD, password: PASSWORD }, 'malformed', 'kind'],
    [{ name: 'x', kind: 'password' }, 'required', 'password'],
    [{ name: 'x', kind: 'password', password: '' }, 'malformed', 'password'],
    [{ name: 'x', kind: 'password', password: [PASSWORD] }, 'malformed', 'password'],
    [{ name: 'x', kind: 'password', password: PASSWORD.repeat(100) }, 'too_long', 'password'],
    [{ name: 'x', kind: 'password', password: `${PASSWORD}\0` }, 'malformed', 'password'],
    [{ name: 'x', kind: 'password', password: PASSWORD, private_key: PASSWORD }, 'unknown', 'private_key'],
    [{ name: 'x', kind: 'password', passwort: PASSWORD }, 'unknown', 'passwort'],
    [{ name: 'x', kind: 'private_key', password: PASSWORD }, 'required', 'private_key'],
    [{ name: 'x', kind: 'private_key', private_key: PASSWORD }, 'malformed', 'private_key'],
    [{ name: 'x', kind: 'private_key', private_key: `${PASSWORD} ${line}` }, 'malformed', 'private_key'],
    [{ name: 'x', kind: 'private_key', private_key: line }, 'malformed', 'private_key'],
    [{ name: 'x', kind: 'private_key', private_key: 'A'.repeat(65_537) }, 'too_long', 'private_key'],
    [{ name: 'x', kind: 'private_key', private_key: pair.private, passphrase: PASSPHRASE }, 'malformed', 'passphrase'],
    [`{"name": "x", "kind": "password", "password": "${PASSWORD}"`, 'malformed', undefined],
  ])('that are wrong are refused, and nothing of the secret comes back (%#)', async (body, code, field) => {
    const { status, error, data } = await v1.post(path, body);

    expect(status).toBe(400);
    if (field) expect(error!.reason).toMatchObject({ code, args: { field } });
    expect(JSON.stringify(data)).not.toContain(MARK);
    expect(JSON.stringify(data)).not.toContain(pair.private.split('\n')[1]);
  });

  it('cannot be given sealed text, or a passphrase without its key, or another kind', async () => {
    const { id } = await add('typed');

    expect(await v1.post(path, { name: 'x', kind: 'password', password: 'gsec:v2:k:AAAA;' })).toMatchObject({
      status: 400,
    });
    expect(await v1.patch(`${path}/${id}`, { passphrase: PASSPHRASE })).toMatchObject({
      error: { reason: { code: 'required', args: { field: 'private_key' } } },
    });
    expect(await v1.patch(`${path}/${id}`, { private_key: pair.private })).toMatchObject({
      status: 400,
      error: { message: `credential ${id} (typed) is a password: send a password, or make another credential` },
    });
    expect(await opened(id)).toEqual({ password: PASSWORD });
  });

  it('have names of their own in a project', async () => {
    const { id } = await add('first');
    await add('second');

    expect(await v1.post(path, { name: 'first', kind: 'password', password: PASSWORD })).toMatchObject({ status: 409 });
    expect(await v1.patch(`${path}/${id}`, { name: 'second' })).toMatchObject({
      status: 409,
      error: { reason: { code: 'duplicate' } },
    });
  });

  it('are made once for an Idempotency-Key, of which nothing is kept that a password could be tried on', async () => {
    const keyed = v1.with({ 'Idempotency-Key': 'once' });
    const body = { name: 'keyed', kind: 'password', password: PASSWORD };

    const first = await keyed.post(path, body);

    expect(first).toMatchObject({ status: 201 });
    expect(await keyed.post(path, body)).toEqual(first);
    expect(await keyed.post(path, { ...body, password: 'other' })).toMatchObject({
      status: 409,
      error: { reason: { code: 'key_used' } },
    });
    const hashOf = async () =>
      (await gantry.db.selectFrom('idempotency_keys').select('request_hash').where('key', '=', 'once').execute())[0];
    const kept = await hashOf();
    // The same request, where the secret key of the installation is another one.
    await gantry.db.deleteFrom('idempotency_keys').execute();
    await gantry.db.deleteFrom('credentials').where('name', '=', 'keyed').execute();
    process.env.GANTRY_SECRET_KEYS = `${keyOf('other')},${keys}`;
    await keyed.post(path, body);
    process.env.GANTRY_SECRET_KEYS = keys;
    expect(await hashOf()).not.toEqual(kept);
    // Sealed with a key that there is no more.
    await gantry.db.deleteFrom('credentials').where('name', '=', 'keyed').execute();
  });

  it('in use are not deleted, and the answer says what uses them', async () => {
    const { id } = await add('used');
    const made = (where: string, body: object) => v1.post(`/projects/1/${where}`, { ...body, credential_id: id });
    const profile = dataOf(await made('ssh-profiles', { name: 'by it' })).id;
    const account = dataOf(await made('accounts', { alias: 'app', login_user: 'app' })).id;

    expect(dataOf(await v1.get(`${path}/${id}`))).toMatchObject({ profile_count: 1, account_count: 1 });
    const { status, error } = await v1.delete(`${path}/${id}`);
    await v1.delete(`/projects/1/accounts/${account}`);
    expect(await v1.delete(`${path}/${id}`)).toMatchObject({ status: 409 });
    await v1.patch(`/projects/1/ssh-profiles/${profile}`, { credential_id: null });

    expect({ status, reason: error!.reason }).toMatchObject({ status: 409, reason: { code: 'in_use' } });
    expect(error!.message).toBe(
      `credential ${id} (used) is in use: ssh profile ${profile} (by it), account ${account} (app) log in by it`,
    );
    expect(await v1.delete(`${path}/${id}`)).toMatchObject({ status: 204 });
    expect(await v1.get(`${path}/${id}`)).toMatchObject({ status: 404 });
  });

  it('are not given to what is made at the moment at which they are deleted', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await add(`race ${round}`);
      const body = { name: `race ${round}`, credential_id: id };

      const [gone, made] = await Promise.all([v1.delete(`${path}/${id}`), v1.post('/projects/1/ssh-profiles', body)]);

      expect([`${gone.status} ${made.status}`]).toEqual([expect.stringMatching(/^(204 404|409 201)$/)]);
    }
  });

  it('are 200 at most', async () => {
    const { projectId } = await addSshProject(gantry.db);
    const row = { project_id: projectId, kind: 'password', secret: '{}', created_by: 'x', rotated_by: 'x' } as const;
    await gantry.db
      .insertInto('credentials')
      .values(Array.from({ length: 199 }, (_, n) => ({ ...row, name: `n${n}` })))
      .execute();
    const body = { kind: 'password', password: PASSWORD };
    const own = `/projects/${projectId}/credentials`;

    await add('last', body, own);

    expect(await v1.post(own, { name: 'one more', ...body })).toMatchObject({
      status: 409,
      error: { message: 'this project has 200 credentials: 200 are possible at most' },
    });
  });

  it('of the installation are private keys of trusted apps, sealed for no project, and seen in none', async () => {
    const common = '/credentials';

    expect(await v1.post(common, { name: 'x', kind: 'password', password: PASSWORD })).toMatchObject({
      status: 400,
      error: { reason: { args: { field: 'kind' } } },
    });
    const { id } = await add('common', { kind: 'private_key', private_key: pair.private }, common);

    expect(await opened(id, 'common')).toEqual({ private_key: pair.private });
    await expect(opened(id, 1)).rejects.toThrow('cannot be opened');
    expect(await v1.get(`${path}/${id}`)).toMatchObject({ status: 404 });
    expect(await v1.post('/projects/1/ssh-profiles', { name: 'x', credential_id: id })).toMatchObject({ status: 404 });
    const other = makeKeyPair();
    expect(dataOf(await v1.patch(`${common}/${id}`, { private_key: other.private }))).toMatchObject({ name: 'common' });
    expect(await opened(id, 'common')).toEqual({ private_key: other.private });
    expect(await auditsOf(gantry, `credential ${id}`)).toMatchObject([{ project_id: null }, { action: 'update' }]);
    const admin = v1.with(await addCaller(gantry, 'bob', 'admin'));
    for (const answer of [
      await admin.get(common),
      await admin.get(`${common}/${id}`),
      await admin.delete(`${common}/${id}`),
    ]) {
      expect(answer).toMatchObject({ status: 403 });
    }
    expect(await v1.delete(`${common}/${id}`)).toMatchObject({ status: 204 });
  });

  it('are sealed anew with a new key, those of the installation too', async () => {
    const own = await add('resealed');
    const common = await add('resealed', { kind: 'private_key', private_key: pair.private }, '/credentials');
    const { count } = await gantry.db
      .selectFrom('credentials')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('secret', 'is not', null)
      .where((where) => where.not(where(where.cast<string>('secret', 'text'), '=', '{}')))
      .executeTakeFirstOrThrow();

    const { rewritten, failed } = await rotateSecrets(gantry.db, parseKeyRing(`${keyOf('new')},${keys}`));

    expect({ rewritten, failed }).toEqual({ rewritten: { 'credentials.secret': Number(count) }, failed: [] });
    expect(await opened(own.id, 1, keyOf('new'))).toEqual({ password: PASSWORD });
    expect(await opened(common.id, 'common', keyOf('new'))).toEqual({ private_key: pair.private });
    expect(dataOf(await v1.get(`${path}/${own.id}`))).toEqual(own);
  });

  it('leave nothing of what they hold in any row', async () => {
    const rows = await dump();

    expect(rows).toContain('gsec:v2:');
    expect(rows).not.toContain(MARK);
    expect(rows).not.toContain(pair.private.split('\n')[1]);
  });
});

describe('a private key that would take too long to open', () => {
  const reader = new PrivateKeyReader({ deadlineMs: 3_000 });
  afterAll(() => reader.close());

  it('is given up, and the next one is read', async () => {
    const { private: text } = makeKeyPair('ed25519', LOCK);

    await expect(reader.read(withRounds(text, 2 ** 31), PASSPHRASE)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('takes too long to open'),
    });
    expect(await reader.read(text, PASSPHRASE)).toMatchObject({ type: 'ssh-ed25519' });
  });
});

/** The same key as if it had been made with so many rounds. */
function withRounds(pem: string, rounds: number): string {
  const file = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  const kdf = file.indexOf('bcrypt') + 'bcrypt'.length;
  const saltBytes = file.readUInt32BE(kdf + 4);
  file.writeUInt32BE(rounds, kdf + 8 + saltBytes);
  const lines = file.toString('base64').match(/.{1,70}/g)!;
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
