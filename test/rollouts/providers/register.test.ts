import type { Db } from '../../../db/connection';
import type { ProviderSettings } from '../../../rollouts/providers/settings';
import { addPool } from '../../support/pool-world';
import type { ProviderServer } from '../../support/provider-server';
import { doStep, IMPATIENT, reasons, statuses } from './support';
import { useProviders } from './world';

describe('register and unregister', () => {
  let db: Db;
  let server: ProviderServer;
  let settings: ProviderSettings;

  useProviders(
    (url) => ({ vm: undefined, sd: { kind: 'http', url, appKey: 'key' } }),
    (world) => ({ db, server, settings } = world),
  );

  async function pooled(...addresses: (string | null)[]) {
    const world = await addPool(db);
    const ids: number[] = [];
    for (const address of addresses) ids.push(await world.pooled({ address }));
    return { world, ids, ...(await world.flow(ids)) };
  }

  const posts = () =>
    server.asked('POST', '/v1/adaptor/auto_alteration/').map(({ path, body }) => [path, JSON.parse(body)]);
  const ADD = '/v1/adaptor/auto_alteration/add/';
  const REMOVE = '/v1/adaptor/auto_alteration/remove/';

  it('asks once for all hosts, in the words of the protocol', async () => {
    const of = await pooled('10.8.0.1', '10.8.0.2');

    expect(statuses(await doStep({ db, settings }, 'register', of))).toEqual(['ok', 'ok']);
    expect([...server.registered.get(9)!]).toEqual(['10.8.0.1', '10.8.0.2']);
    expect(statuses(await doStep({ db, settings }, 'unregister', { ...of, nsids: of.nsids.slice(0, 1) }))).toEqual([
      'ok',
    ]);
    expect([...server.registered.get(9)!]).toEqual(['10.8.0.2']);

    expect(posts()).toEqual([
      [ADD, { type_id: 9, ips: '10.8.0.1,10.8.0.2', user: 'root' }],
      [REMOVE, { type_id: 9, ips: '10.8.0.1', user: 'root' }],
    ]);
    expect(server.received[0]!.headers).toMatchObject({ appkey: 'key', 'x-correlation-id': expect.any(String) });
  });

  it('waits for what is not done at once, by the correlation id that it was asked with', async () => {
    const of = await pooled('10.8.1.1');
    server.isAsync = true;
    const settle = setInterval(() => server.settle(2), 5);
    const done = await doStep({ db, settings }, 'register', of).finally(() => clearInterval(settle));
    expect(statuses(done)).toEqual(['ok']);

    const other = await pooled('10.8.1.2');
    const fail = setInterval(() => server.settle(3), 5);
    const failed = await doStep({ db, settings }, 'register', other).finally(() => clearInterval(fail));
    expect(reasons(failed)).toEqual(['service discovery: the service discovery says that it has failed']);
    const ids = new Set(server.received.map(({ headers }) => headers['x-correlation-id']));
    expect(ids.size).toBe(2);
  });

  it('finds what was asked for without an answer again, in another process too', async () => {
    const of = await pooled('10.8.2.1');
    server.isAsync = true;
    server.mood = 'hangs up';

    const late = await doStep({ db, settings, pace: IMPATIENT }, 'register', of);
    server.settle(2);
    const again = await doStep({ db, settings }, 'register', of);
    const other = await doStep({ db, settings }, 'register', { ...of, attempt: 2 });

    expect(reasons(late)).toEqual(['service discovery: it has not ended in time (state 1)']);
    expect([again, other].map(statuses)).toEqual([['ok'], ['ok']]);
    expect(posts()).toHaveLength(1);
  });

  it('says that the outcome is unknown where nothing is found, and asks again only for who was told so', async () => {
    const of = await pooled('10.8.3.1');
    server.mood = 'hangs up';

    const lost = await doStep({ db, settings }, 'register', of);
    const same = await doStep({ db, settings }, 'register', of);
    expect([lost, same].map(statuses)).toEqual([['lost'], ['lost']]);
    expect(posts()).toHaveLength(1);

    server.mood = 'answers';
    expect(statuses(await doStep({ db, settings }, 'register', { ...of, attempt: 2 }))).toEqual(['ok']);
    expect(posts()).toHaveLength(2);
  });

  it('does not ask again for what was done at once, when the report of it was lost', async () => {
    const of = await pooled('10.8.4.1');
    await doStep({ db, settings }, 'register', of);
    expect(statuses(await doStep({ db, settings }, 'register', of))).toEqual(['ok']);
    expect(posts()).toHaveLength(1);
    await doStep({ db, settings }, 'register', { ...of, attempt: 2 });
    expect(posts()).toHaveLength(2);
  });

  it('fails hosts without an address, pools without a service discovery, and installations without one', async () => {
    const of = await pooled('10.8.5.1', null);
    expect(reasons(await doStep({ db, settings }, 'register', of))).toEqual(['', 'the host has no address']);

    const none = await doStep({ db, settings }, 'register', { ...of, values: { service_discovery_id: 0 }, attempt: 2 });
    expect(reasons(none)[0]).toContain('service_discovery_id is 0');
    const nobody = await doStep({ db, settings: { vm: undefined, sd: undefined } }, 'register', of);
    expect(reasons(nobody)[0]).toContain('set GANTRY_SD_PROVIDER');
  });

  it('says what is refused, and asks again for it in another try', async () => {
    const of = await pooled('10.8.6.1');
    server.mood = 'refuses';
    expect(reasons(await doStep({ db, settings }, 'register', of))).toEqual([
      'service discovery: it answered with status 500: there is no room',
    ]);
    server.mood = 'answers';
    expect(statuses(await doStep({ db, settings }, 'register', { ...of, attempt: 2 }))).toEqual(['ok']);
  });
});
