import type { Db } from '../../../db/connection';
import type { ProviderSettings } from '../../../rollouts/providers/settings';
import { addPool } from '../../support/pool-world';
import type { ProviderServer } from '../../support/provider-server';
import { openReceiver } from '../../support/receiver';
import { doStep, IMPATIENT, poolOf, reasons, statuses } from './support';
import { useProviders } from './world';

describe('return_vm', () => {
  let db: Db;
  let server: ProviderServer;
  let settings: ProviderSettings;

  useProviders(
    (url) => ({ vm: { kind: 'http', url, appKey: '' }, sd: undefined }),
    (world) => ({ db, server, settings } = world),
  );

  /** A flow over hosts of a pool that have machines. */
  async function going(count: number) {
    const world = await addPool(db);
    const ids: number[] = [];
    for (let n = 0; n < count; n++) {
      const vm_id = `i-${n + 1}`;
      server.machines.set(vm_id, { id: vm_id, status: 1, ip: '', keys: [] });
      ids.push(await world.pooled({ vm_id, provider: 'http' }));
    }
    return { world, ids, ...(await world.flow(ids)) };
  }

  const deletes = () => server.asked('DELETE', '/v1/instance/').map(({ path }) => path);
  const left = async (of: Awaited<ReturnType<typeof going>>) => (await poolOf(db, of.world)).map(({ id }) => id);

  /** Somebody has asked for their machines to be taken back, in the first try. */
  const asked = (of: Awaited<ReturnType<typeof going>>) =>
    db
      .insertInto('provider_intents')
      .values(
        of.nsids.map((id) => ({
          ...{ flow_host_id: id, step: 'return_vm', key: `${id} of 1`, request: 'r' },
          state: 'answered' as const,
        })),
      )
      .execute();

  it('keeps hosts until their machines are gone, and asks for that once', async () => {
    const of = await going(2);

    const early = await doStep({ db, settings, pace: IMPATIENT }, 'return_vm', of);
    expect(reasons(early)).toEqual([
      'machine i-1 is not gone in time: deleting',
      'machine i-2 is not gone in time: deleting',
    ]);
    expect(await left(of)).toEqual(of.ids);

    server.settle();
    const later = await doStep({ db, settings }, 'return_vm', { ...of, attempt: 2 });
    expect(statuses(later)).toEqual(['ok', 'ok']);
    expect(await left(of)).toEqual([]);
    expect(await db.selectFrom('hosts').select('id').where('id', 'in', of.ids).execute()).toEqual([]);
    expect(deletes()).toEqual(['/v1/instance/i-1,i-2']);
    const audit = await db.selectFrom('audit_records').select('object').where('action', '=', 'delete').execute();
    expect(audit.map(({ object }) => object)).toEqual(of.ids.map((id) => `host ${id}`));
  });

  it('finds again what was asked for without an answer', async () => {
    const of = await going(1);
    server.mood = 'hangs up';
    const settled = setInterval(() => server.settle(), 5);
    const done = await doStep({ db, settings }, 'return_vm', of).finally(() => clearInterval(settled));

    expect(statuses(done)).toEqual(['ok']);
    expect(await left(of)).toEqual([]);
    expect(deletes()).toHaveLength(1);
  });

  it('says that the outcome is unknown when a machine stays after a request without an answer', async () => {
    const of = await going(1);
    server.mood = { text: '', status: 502 };
    server.machines.get('i-1')!.status = 1;
    const stuck = setInterval(() => {
      server.machines.get('i-1')!.status = 1;
    }, 1);

    const lost = await doStep({ db, settings, pace: IMPATIENT }, 'return_vm', of);
    const same = await doStep({ db, settings, pace: IMPATIENT }, 'return_vm', of);
    clearInterval(stuck);
    server.machines.get('i-1')!.status = 1;
    expect([lost, same].map(statuses)).toEqual([['lost'], ['lost']]);
    expect(reasons(lost)[0]).toMatch(/^outcome unknown: machine i-1 was to be taken back, without an answer/);
    expect(await left(of)).toEqual(of.ids);
    expect(deletes()).toHaveLength(1);

    server.mood = 'answers';
    await doStep({ db, settings, pace: IMPATIENT }, 'return_vm', { ...of, attempt: 2 });
    expect(deletes()).toHaveLength(2);
  });

  it('takes a machine for gone of which its provider says that it is deleted, or that it knows none', async () => {
    const of = await going(2);
    server.machines.delete('i-2');
    server.ofUnknown = 'is refused';
    server.machines.get('i-1')!.status = 5;
    await asked(of);

    expect(statuses(await doStep({ db, settings }, 'return_vm', of))).toEqual(['ok', 'ok']);
    expect(deletes()).toEqual([]);
    expect(await left(of)).toEqual([]);
  });

  it('keeps a host whose machine the answers leave out, and says so', async () => {
    const of = await going(2);
    server.machines.get('i-1')!.status = 5;
    server.machines.delete('i-2');
    await asked(of);

    const first = await doStep({ db, settings, pace: IMPATIENT }, 'return_vm', of);
    const again = await doStep({ db, settings, pace: IMPATIENT }, 'return_vm', {
      ...of,
      nsids: of.nsids.slice(1),
      attempt: 2,
    });

    expect([first, again].map(statuses)).toEqual([['ok', 'failed'], ['failed']]);
    expect(reasons(again)[0]).toMatch(/^machine i-2 is not gone in time: its provider answers without it: see there/);
    expect(await left(of)).toEqual(of.ids.slice(1));
    expect(deletes()).toEqual([]);

    server.ofUnknown = 'is refused';
    const known = await doStep({ db, settings }, 'return_vm', { ...of, nsids: of.nsids.slice(1), attempt: 3 });
    expect(statuses(known)).toEqual(['ok']);
    expect(await left(of)).toEqual([]);
  });

  it('keeps hosts when nobody is at the path of the answers', async () => {
    const of = await going(1);
    await asked(of);
    const nobody = await openReceiver((_, response) => response.writeHead(404).end('not found'));
    const astray: ProviderSettings = { vm: { kind: 'http', url: nobody.url, appKey: '' }, sd: undefined };
    const done = await doStep({ db, settings: astray, pace: IMPATIENT }, 'return_vm', of);
    await nobody.close();
    expect(reasons(done)).toEqual(['machine i-1 is not gone in time: its provider does not say how it stands']);
    expect(await left(of)).toEqual(of.ids);
  });

  it('keeps hosts that somebody else has, and drops those that never got a machine', async () => {
    const world = await addPool(db);
    const own = await world.pooled();
    const never = await world.pooled({ address: null });
    const of = { world, ...(await world.flow([own, never])) };

    const done = await doStep({ db, settings }, 'return_vm', of);

    expect(reasons(done)).toEqual([`no vm id for this node:${own}`, '']);
    expect((await poolOf(db, world)).map(({ id }) => id)).toEqual([own]);
    expect(server.received).toEqual([]);
  });

  it('keeps a host over which others are reached, without asking for its machine', async () => {
    const of = await going(1);
    const profile = await of.world.profile();
    await db.updateTable('ssh_profiles').set({ jump_host_id: of.ids[0]! }).where('id', '=', profile).execute();

    const done = await doStep({ db, settings }, 'return_vm', of);

    expect(statuses(done)).toEqual(['failed']);
    expect(deletes()).toEqual([]);
    expect(await left(of)).toEqual(of.ids);
  });

  it('gives machines back to who has made them alone', async () => {
    const of = await going(1);
    const none: ProviderSettings = { vm: { kind: 'spare', tag: 'spare' }, sd: undefined };
    const done = await doStep({ db, settings: none }, 'return_vm', of);
    expect(reasons(done)[0]).toMatch(/^it was made by the provider http; /);
    expect(await left(of)).toEqual(of.ids);
  });

  it('says what the provider refuses', async () => {
    const of = await going(1);
    server.mood = 'refuses';
    const done = await doStep({ db, settings }, 'return_vm', of);
    expect(reasons(done)).toEqual(['machines: it answered with status 500: there is no room']);
    server.mood = 'answers';
    server.settle();
    const stop = setInterval(() => server.settle(), 5);
    const again = await doStep({ db, settings }, 'return_vm', { ...of, attempt: 2 }).finally(() => clearInterval(stop));
    expect(statuses(again)).toEqual(['ok']);
  });
});
