import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { readLog } from '../../db/host-logs';
import { SshWorld } from '../activities/hosts/support';
import { eventually } from '../support/eventually';
import { addSshProject, newPublicKey } from '../support/ssh-inventory';
import { dataOf } from '../support/v1';
import { onMachines, readOn } from './support';

/** As people set it up and use it: by the API, with a worker, and real ssh servers all the way. */
onMachines('a host behind a jump host', 'namespaces', () => {
  let machines: Machines;
  let world: SshWorld;
  let jump: Machine;
  let target: Machine;
  /** The hosts, by their machines. */
  let jumpId: number;
  let targetId: number;
  let credential_id: number;

  beforeAll(async () => {
    machines = await openMachines({ count: 2, sshd: { lines: ['Include /etc/ssh/forwards.conf'] } });
    [jump, target] = machines.hosts as [Machine, Machine];
    // Whoever logs in by that name is let through to nobody.
    await jump.shell("printf 'Match User app\\n AllowTcpForwarding no\\n' >/etc/ssh/forwards.conf");
    await jump.reboot();
    world = await SshWorld.open();
    const allowed = machines.hosts.map(({ address }) => address).join();
    await world.gantry.startWorker({}, allowed);
    credential_id = await add('/credentials', { name: 'key', kind: 'private_key', private_key: jump.userKey });
    jumpId = await host(jump, await profile('to the jump host'));
    targetId = await host(target, await profile('over the jump host', { jump_host_id: jumpId }));
  });

  afterAll(async () => {
    await world?.close();
    await machines?.close();
  });

  const add = async (path: string, body: object): Promise<number> =>
    dataOf(await world.v1.post(world.at(path), body)).id;
  const profile = (name: string, more: object = {}) =>
    add('/ssh-profiles', { name, login_user: 'root', credential_id, connect_timeout_ms: 4_000, ...more });
  const change = async (id: number, body: object) => dataOf(await world.v1.patch(world.at(`/hosts/${id}`), body));

  async function host({ address, name, keys }: Machine, ssh_profile_id: number): Promise<number> {
    const id = await add('/hosts', { address, name: `machine ${name}`, ssh_profile_id });
    await world.trust(id, keys);
    return id;
  }

  /** Runs a script on the target; how its host stands when its task has come to rest, and what it has written. */
  async function run(
    script = 'echo "$SSH_CONNECTION"; echo began >>/root/began',
  ): Promise<{ status: string; reason: string; log: string }> {
    const before = readOn(target, '/root/began');
    const { task_id } = dataOf(await world.v1.post(world.at('/hosts/run'), { hosts: String(targetId), script }));
    const shown = () => world.v1.get(world.at(`/tasks/${task_id}`)).then(dataOf);
    await eventually('the task rests', shown, {
      isWanted: ({ state }) => state === 'FINISHED' || state === 'FAILED',
      withinMs: 240_000,
    });
    const row = await world.gantry.db
      .selectFrom('host_runs')
      .innerJoin('host_steps', 'host_steps.id', 'host_runs.step_id')
      .select(['host_runs.id', 'host_runs.status', 'host_runs.reason'])
      .where('host_steps.task_id', '=', task_id)
      .executeTakeFirstOrThrow();
    if (row.status !== 'ok') expect(readOn(target, '/root/began')).toBe(before);
    const log = String(await readLog(world.gantry.db, row.id, { from: 0, maxBytes: 10_000 }));
    return { status: row.status, reason: row.reason, log };
  }

  /** Changes something for as long as something is done. */
  async function meanwhile<T>(
    begin: () => Promise<unknown>,
    end: () => Promise<unknown>,
    work: () => Promise<T>,
  ): Promise<T> {
    await begin();
    try {
      return await work();
    } finally {
      await end();
    }
  }

  it('is reached through it, and from there', async () => {
    const { status, log } = await run();

    expect({ status, from: log.split(' ')[0] }).toEqual({ status: 'ok', from: jump.address });
    expect(readOn(target, '/root/began')).toBe('began\n');
    expect(await world.test([targetId])).toMatchObject([{ host_id: targetId, ok: true }]);
  });

  it('is not reached through one that shows another key, which is what is said', async () => {
    const { status, reason } = await meanwhile(
      () => world.trust(jumpId, [newPublicKey()], true),
      () => world.trust(jumpId, jump.keys, true),
      () => closingConnections(run),
    );

    expect(status).toBe('unreachable');
    expect(reason).toMatch(
      new RegExp(`^host ${jumpId} .*gantry hosts trust ${jumpId} --key .*on the way to host ${targetId} `),
    );
  });

  it('is not reached while it is down, and is when it is back', async () => {
    const { status, reason } = await meanwhile(
      () => jump.cut(),
      () => jump.heal(),
      () => closingConnections(run),
    );

    expect(status).toBe('unreachable');
    expect(reason).toMatch(new RegExp(`^host ${jumpId} .*did not answer within 4`));
    expect((await run()).status).toBe('ok');
  });

  it('is not reached through one that forwards nothing, whose setting is named', async () => {
    const silent = await profile('to the jump host, which forwards nothing', { login_user: 'app' });
    const usual = dataOf(await world.v1.get(world.at(`/hosts/${jumpId}`))).ssh_profile_id;
    const { status, reason } = await meanwhile(
      () => change(jumpId, { ssh_profile_id: silent }),
      () => change(jumpId, { ssh_profile_id: usual }),
      run,
    );

    expect(status).toBe('unreachable');
    expect(reason).toMatch(
      new RegExp(`^host ${jumpId} .*lets nobody through to host ${targetId} .*AllowTcpForwarding`),
    );
  });

  it('is not reached in a circle, which is told with the hosts of it', async () => {
    const circle = await profile('over the target', { jump_host_id: targetId });
    const usual = dataOf(await world.v1.get(world.at(`/hosts/${jumpId}`))).ssh_profile_id;
    const { status, reason } = await meanwhile(
      () => change(jumpId, { ssh_profile_id: circle }),
      () => change(jumpId, { ssh_profile_id: usual }),
      run,
    );

    expect(status).toBe('unreachable');
    expect(reason).toContain(`${jumpId}`);
    expect((await run()).status).toBe('ok');
  });

  it('is not reached through a host of another project, whoever names it and however', async () => {
    const other = await addSshProject(world.gantry.db);
    const foreign = await other.host({ name: 'gate of others', address: jump.address, cloud_id: await cloud() });

    const named = await world.v1.post(world.at('/ssh-profiles'), { name: 'over others', jump_host_id: foreign });
    const planted = await profile('over others, from before');
    await world.gantry.db
      .updateTable('ssh_profiles')
      .set({ jump_host_id: foreign })
      .where('id', '=', planted)
      .execute();
    const usual = dataOf(await world.v1.get(world.at(`/hosts/${targetId}`))).ssh_profile_id;
    const { status, reason } = await meanwhile(
      () => change(targetId, { ssh_profile_id: planted }),
      () => change(targetId, { ssh_profile_id: usual }),
      run,
    );

    expect(named).toMatchObject({ status: 404, error: { kind: 'not_found' } });
    expect(status).toBe('unreachable');
    expect(`${reason} ${named.error!.message}`).not.toContain('gate of others');
  });

  async function cloud(): Promise<number> {
    return dataOf(await world.v1.post('/clouds', { name: 'of others' })).id;
  }

  /** With a worker that has no connections yet. */
  async function closingConnections<T>(work: () => Promise<T>): Promise<T> {
    await world.gantry.stopWorker();
    await world.gantry.startWorker({}, machines.hosts.map(({ address }) => address).join());
    return work();
  }
});
