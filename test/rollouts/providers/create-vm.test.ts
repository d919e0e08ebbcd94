import { sql } from 'kysely';
import type { Db } from '../../../db/connection';
import type { ProviderSettings } from '../../../rollouts/providers/settings';
import { eventually } from '../../support/eventually';
import { addPool, type PoolWorld } from '../../support/pool-world';
import { openProviderServer, type ProviderServer } from '../../support/provider-server';
import { newPublicKey } from '../../support/ssh-inventory';
import { type Done, doStep, IMPATIENT, poolOf, reasons, statuses } from './support';
import { useProviders } from './world';

const NO = { answers: 'no', words: 'nobody listens' } as const;
const YES = { answers: 'yes', words: 'one can log in' } as const;

describe('create_vm', () => {
  let db: Db;
  let server: ProviderServer;
  let settings: ProviderSettings;

  useProviders(
    (url) => ({ vm: { kind: 'http', url, appKey: 'key' }, sd: undefined }),
    (world) => ({ db, server, settings } = world),
  );

  /** A flow over hosts whose machines are yet to come. */
  async function coming(count: number): Promise<{ world: PoolWorld; flowId: number; nsids: number[]; ids: number[] }> {
    const world = await addPool(db);
    const ids: number[] = [];
    for (let n = 0; n < count; n++) ids.push(await world.pooled({ address: null }));
    return { world, ids, ...(await world.flow(ids)) };
  }

  const posts = () => server.asked('POST', '/v1/cluster/').map(({ path }) => path);

  it('asks once for all hosts, and ends when their addresses are known and their sshd answers', async () => {
    const of = await coming(2);
    server.made.addresses = ['10.9.0.1', '10.9.0.2'];

    const done = await doStep({ db, settings, ssh: [NO, NO, YES] }, 'create_vm', of);

    expect(statuses(done)).toEqual(['ok', 'ok']);
    expect(posts()).toEqual(['/v1/cluster/3/expand/2']);
    expect(server.received[0]!.headers).toMatchObject({ appkey: 'key', 'x-correlation-id': expect.any(String) });
    expect(await poolOf(db, of.world)).toEqual([
      { id: of.ids[0], address: '10.9.0.1', vm_id: 'i-1', provider: 'http', name: '10.9.0.1' },
      { id: of.ids[1], address: '10.9.0.2', vm_id: 'i-2', provider: 'http', name: '10.9.0.2' },
    ]);
    const audit = await db.selectFrom('audit_records').select(['action', 'object', 'username']).execute();
    expect(audit).toContainEqual({ action: 'update', object: `host ${of.ids[0]}`, username: 'oda' });
  });

  it('has hosts known by the keys that the provider says', async () => {
    const of = await coming(1);
    const { type, key } = newPublicKey();
    server.made = { status: 1, addresses: ['10.9.1.1'], keys: [`${type} ${key} root@new`] };

    expect(statuses(await doStep({ db, settings }, 'create_vm', of))).toEqual(['ok']);

    const keys = await db
      .selectFrom('host_keys')
      .select(['type', 'key', 'source'])
      .where('host_id', '=', of.ids[0]!)
      .execute();
    expect(keys).toEqual([{ type, key, source: 'provider' }]);
  });

  it('says that the outcome is unknown when there is no answer, and asks again only for who was told so', async () => {
    const of = await coming(2);
    server.mood = 'hangs up';

    const first = await doStep({ db, settings }, 'create_vm', of);
    server.mood = 'answers';
    const again = await doStep({ db, settings }, 'create_vm', of);
    expect(statuses(first)).toEqual(['lost', 'lost']);
    expect(reasons(first)[0]).toMatch(/^outcome unknown: machines were asked for/);
    expect(statuses(again)).toEqual(['lost', 'lost']);
    expect(posts()).toHaveLength(1);

    server.made.addresses = ['10.9.2.1'];
    const named = await doStep({ db, settings }, 'create_vm', { ...of, nsids: of.nsids.slice(0, 1), attempt: 2 });
    expect(statuses(named)).toEqual(['ok']);
    expect(posts()).toEqual(['/v1/cluster/3/expand/2', '/v1/cluster/3/expand/1']);
  });

  it('does not ask again after a worker that was lost between asking and writing', async () => {
    const of = await coming(1);
    const controller = new AbortController();
    server.mood = 'hangs up';
    const broken = doStep({ db, settings }, 'create_vm', of, controller.signal);
    controller.abort(new Error('the worker goes'));
    await expect(broken).rejects.toThrow('the worker goes');
    await db
      .insertInto('provider_intents')
      .values({ flow_host_id: of.nsids[0]!, step: 'create_vm', key: `${of.nsids[0]} of 1`, request: 'r' })
      .onConflict((on) => on.doNothing())
      .execute();
    server.mood = 'answers';
    const before = posts().length;

    // Nobody was told yet: another try hears of it first, too.
    const other = await doStep({ db, settings }, 'create_vm', { ...of, attempt: 2 });

    expect(statuses(other)).toEqual(['lost']);
    expect(posts()).toHaveLength(before);
  });

  it('is asked once, however late somebody who was left behind comes to it', async () => {
    const of = await coming(1);
    server.made.addresses = ['10.9.8.1', '10.9.8.2'];
    // Both have read that nothing was asked for when the first one may write that it asks.
    let both: Promise<Done[]> | undefined;
    await db.transaction().execute(async (tx) => {
      await sql`lock table provider_intents in share row exclusive mode`.execute(tx);
      const tries = [1, 2].map((attempt) => doStep({ db, settings }, 'create_vm', { ...of, attempt }));
      both = Promise.all(tries);
      await eventually('both are about to write it', async () => {
        const { rows } = await sql`
          select from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock' and query like '%insert into provider_intents%'`.execute(
          db,
        );
        return rows.length === 2;
      });
    });

    const done = await both!;
    expect(done.flatMap(statuses).sort()).toEqual(['lost', 'ok']);
    expect(done.flatMap(reasons)).toContainEqual(expect.stringContaining('somebody else is asking for its machine'));
    expect(posts()).toHaveLength(1);
  });

  it('goes on with machines that were asked for, whoever asks after them', async () => {
    const of = await coming(1);
    server.made = { status: 0, addresses: ['10.9.3.1'], keys: [] };

    const late = await doStep({ db, settings, pace: IMPATIENT }, 'create_vm', of);
    server.machines.get('i-1')!.status = 1;
    const again = await doStep({ db, settings }, 'create_vm', { ...of, attempt: 2 });

    expect(reasons(late)).toEqual(['machine i-1 is not there in time: pending']);
    expect(statuses(again)).toEqual(['ok']);
    expect(posts()).toHaveLength(1);
  });

  it('asks for another machine only when the one that a host had is gone', async () => {
    const of = await coming(1);
    server.made = { status: 7, addresses: ['10.9.4.1', '10.9.4.2'], keys: [] };

    const failed = await doStep({ db, settings }, 'create_vm', of);
    const still = await doStep({ db, settings }, 'create_vm', { ...of, attempt: 2 });
    server.machines.get('i-1')!.status = 5;
    server.made.status = 1;
    const other = await doStep({ db, settings }, 'create_vm', { ...of, attempt: 3 });

    expect(reasons(failed)).toEqual(['machine i-1: error']);
    expect(statuses(still)).toEqual(['failed']);
    expect(statuses(other)).toEqual(['ok']);
    expect(posts()).toHaveLength(2);
    expect(await poolOf(db, of.world)).toMatchObject([{ vm_id: 'i-2', address: '10.9.4.2' }]);
  });

  it('fails hosts that it is refused, for which it may be asked again', async () => {
    const of = await coming(1);
    server.mood = 'refuses';
    const refused = await doStep({ db, settings }, 'create_vm', of);
    server.mood = 'answers';
    server.made.addresses = ['10.9.5.1'];
    const again = await doStep({ db, settings }, 'create_vm', { ...of, attempt: 2 });

    expect(reasons(refused)).toEqual(['machines: it answered with status 500: there is no room']);
    expect(statuses(again)).toEqual(['ok']);
  });

  it('fails hosts for which there are no machines, and tells of machines that nobody has asked for', async () => {
    const of = await coming(3);
    server.surplus = -1;
    server.made.addresses = ['10.9.6.1', '10.9.6.2'];
    const fewer = await doStep({ db, settings }, 'create_vm', of);
    expect(reasons(fewer)).toEqual(['', '', 'machines: there are only 2 of 3']);

    const more = await coming(1);
    server.surplus = 1;
    server.made.addresses = ['10.9.6.3'];
    const done = await doStep({ db, settings }, 'create_vm', more);
    expect(statuses(done)).toEqual(['ok']);
    expect(done.logs[0]!.join('\n')).toContain('nobody has asked for, and nobody knows of: i-4');
  });

  it('fails a host whose address is that of another one, and says how long its sshd was waited for', async () => {
    const of = await coming(2);
    await of.world.host({ address: '10.9.7.1' });
    server.made.addresses = ['10.9.7.1', '10.9.7.2'];

    const done = await doStep({ db, settings, ssh: [NO], pace: IMPATIENT }, 'create_vm', of);

    expect(reasons(done)).toEqual([
      'the address 10.9.7.1 is that of another host',
      'machine i-2 is there, but its sshd does not answer: nobody listens',
    ]);
  });

  it.each([
    ['an answer of another form', { text: '{"code": 0, "content": {"ids": 1}}', status: 200 }, 'lost'],
    ['a broken proxy', { text: '<html>', status: 502 }, 'lost'],
    ['a redirect', { text: '', status: 302 }, 'failed'],
    ['a wrong path', { text: 'not found', status: 404 }, 'failed'],
  ])('takes %s for what it is', async (_, mood, status) => {
    const of = await coming(1);
    server.mood = mood;

    expect(statuses(await doStep({ db, settings }, 'create_vm', of))).toEqual([status]);
    expect(posts()).toHaveLength(1);
  });

  it('asks nobody at an address that may not be reached, or where nobody is', async () => {
    const of = await coming(1);
    const closed = await openProviderServer();
    await closed.close();
    const nobody: ProviderSettings = { vm: { kind: 'http', url: closed.url, appKey: '' }, sd: undefined };
    const done = await doStep({ db, settings: nobody }, 'create_vm', of);
    expect(statuses(done)).toEqual(['failed']);
    expect(reasons(done)[0]).toContain('ECONNREFUSED');

    const metadata: ProviderSettings = {
      vm: { kind: 'http', url: 'http://169.254.169.254', appKey: '' },
      sd: undefined,
    };
    const guarded = await doStep({ db, settings: metadata }, 'create_vm', { ...of, attempt: 2 });
    expect(reasons(guarded)[0]).toContain('169.254.169.254 is a');
  });

  it('fails without a provider and names the setting', async () => {
    const of = await coming(1);
    const done = await doStep({ db, settings: { vm: undefined, sd: undefined } }, 'create_vm', of);
    expect(reasons(done)[0]).toContain('set GANTRY_VM_PROVIDER');
  });
});
