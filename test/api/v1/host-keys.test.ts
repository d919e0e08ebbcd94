import { addCaller, addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { newPublicKey } from '../../support/ssh-inventory';
import { dataOf, V1Client } from '../../support/v1';

describe('keys of hosts of /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let hosts: number[];
  const path = '/projects/1/hosts';
  const [a, b] = [newPublicKey(), newPublicKey('ecdsa')];

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
    hosts = [];
    for (const n of [1, 2]) hosts.push(dataOf(await v1.post(path, { address: `10.0.0.${n}` })).id);
  });

  afterAll(() => gantry.stop());

  const known = async (host: number) => dataOf(await v1.get(`${path}/${host}/keys`)).items;

  it('are trusted, listed, counted and revoked', async () => {
    const body = { hosts: hosts.map((host_id) => ({ host_id, keys: [a, b] })), source: 'scan' };

    const { items } = dataOf(await v1.post(`${path}/trust`, body));

    expect(items).toHaveLength(4);
    expect(items[0]).toEqual({
      id: expect.any(Number),
      host_id: hosts[0],
      ...a,
      fingerprint: expect.stringMatching(/^SHA256:.{43}$/),
      source: 'scan',
      added_by: 'admin',
      added_at: expect.any(String),
    });
    expect(await known(hosts[0]!)).toEqual(items.slice(0, 2));
    expect(await v1.delete(`${path}/${hosts[0]}/keys/${items[0].id}`)).toMatchObject({ status: 204 });
    expect(await v1.delete(`${path}/${hosts[0]}/keys/${items[0].id}`)).toMatchObject({ status: 404 });
    expect(await v1.delete(`${path}/${hosts[0]}/keys/${items[2].id}`)).toMatchObject({ status: 404 });
    expect(await known(hosts[0]!)).toEqual([items[1]]);
    expect(dataOf(await v1.get(`${path}/${hosts[0]}`))).toMatchObject({ host_key_count: 1 });
    const replaced = { hosts: [{ host_id: hosts[1], keys: [a], replace: true }] };
    expect(dataOf(await v1.post(`${path}/trust`, replaced)).items).toEqual([items[2]]);
  });

  it.each<[object, number, string | undefined]>([
    [{}, 400, 'hosts'],
    [{ hosts: [] }, 400, 'hosts'],
    [{ hosts: [{ host_id: 1, keys: [] }] }, 400, 'hosts.0.keys'],
    [{ hosts: [{ host_id: 1, keys: [{ type: 'ssh-ed25519' }] }] }, 400, 'hosts.0.keys.0.key'],
    [{ hosts: [{ host_id: 1, keys: [{ type: 'ssh-ed25519', key: 'AAAA' }] }] }, 400, 'keys'],
    [{ hosts: [{ host_id: 1, keys: [a] }], source: 'first_use' }, 400, 'source'],
    [{ hosts: Array(201).fill({ host_id: 1, keys: [a] }) }, 400, 'hosts'],
    [{ hosts: [{ host_id: 999_999, keys: [a] }] }, 404, undefined],
  ])('that are wrong are refused (%#)', async (body, status, field) => {
    const { error, ...answer } = await v1.post(`${path}/trust`, body);

    expect(answer.status).toBe(status);
    if (field) expect(error!.details.map((detail) => detail.field)).toEqual([field]);
  });

  it('are read by viewers, and trusted and revoked by admins alone', async () => {
    const viewer = v1.with(await addCaller(gantry, 'vi', 'viewer'));
    const editor = v1.with(await addCaller(gantry, 'ed', 'editor'));
    const [key] = await known(hosts[1]!);

    expect(await viewer.get(`${path}/${hosts[1]}/keys`)).toMatchObject({ status: 200 });
    const body = { hosts: [{ host_id: hosts[1], keys: [b] }] };
    expect(await editor.post(`${path}/trust`, body)).toMatchObject({ status: 403 });
    expect(await editor.delete(`${path}/${hosts[1]}/keys/${key.id}`)).toMatchObject({ status: 403 });
    expect(await known(hosts[1]!)).toEqual([key]);
  });
});
