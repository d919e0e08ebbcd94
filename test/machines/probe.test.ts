import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { fingerprintOf } from '../../hosts/ssh/host-keys';
import { seal } from '../../secrets/token';
import { SshWorld } from '../activities/hosts/support';
import { onMachines } from './support';

/** A host of the project for a machine; its id. */
async function hostOf(world: SshWorld, machine: Machine, more: { user?: string; known?: boolean } = {}) {
  const { address, port, user, userKey, keys } = machine;
  const { project } = world;
  const credential_id = await project.credential({
    kind: 'private_key',
    secret: JSON.stringify({ private_key: seal(userKey, project.projectId) }),
  });
  const profile = { login_user: more.user ?? user, credential_id, connect_timeout_ms: 4_000 };
  return world.host({ address, port, keys: more.known === false ? [] : keys, profile });
}

onMachines('the test of real hosts', 'sshd', () => {
  let machines: Machines;
  let world: SshWorld;

  beforeAll(async () => {
    machines = await openMachines({ count: 2 });
    world = await SshWorld.open();
    await world.gantry.startWorker({}, machines.hosts.map(({ address }) => address).join());
  });

  afterAll(async () => {
    await world?.close();
    await machines?.close();
  });

  it('logs in to them and tells what they are', async () => {
    const ids = [];
    for (const machine of machines.hosts) ids.push(await hostOf(world, machine));

    const probed = await world.test(ids);

    expect(probed.map(({ host_id, ok }: { host_id: number; ok: boolean }) => [host_id, ok])).toEqual(
      ids.map((id) => [id, true]),
    );
    for (const [index, { facts }] of probed.entries()) {
      const { user, home } = machines.hosts[index]!;
      expect(facts).toMatchObject({ user, home, home_writable: true, run_folder_writable: true });
    }
  });

  it('scans the keys that they have', async () => {
    const [machine] = machines.hosts as [Machine];
    const id = await hostOf(world, machine, { known: false });

    const [scanned] = await world.scan([id]);
    const [unknown] = await world.test([id]);
    await world.trust(id, scanned.keys);
    const [tested] = await world.test([id]);

    const fingerprints = scanned.keys.map(({ fingerprint }: { fingerprint: string }) => fingerprint).sort();
    expect(fingerprints).toEqual(machine.keys.map(fingerprintOf).sort());
    expect([unknown.problem, tested.ok]).toEqual(['host_key_unknown', true]);
  });

  it('refuses one that shows other keys than before', async () => {
    const machine = machines.hosts[1]!;
    const id = await hostOf(world, machine);
    const before = machine.keys;
    const [known] = await world.test([id]);

    await machine.newHostKey();
    const [changed] = await world.test([id]);
    await world.trust(id, machine.keys, true);
    const [again] = await world.test([id]);

    expect([known.ok, changed.problem, again.ok]).toEqual([true, 'host_key', true]);
    for (const key of before) expect(changed.message).toContain(fingerprintOf(key));
    expect(machine.keys.map(fingerprintOf).some((seen) => changed.message.includes(`--key ${seen}`))).toBe(true);
  });

  it('tells of a user who is not let in', async () => {
    const id = await hostOf(world, machines.hosts[0]!, { user: 'nobody-of-that-name' });

    const [probed] = await world.test([id]);

    expect(probed).toMatchObject({ ok: false, problem: 'auth' });
    expect(probed.message).toContain('nobody-of-that-name');
  });
});

onMachines('the test of hosts that are machines of their own', 'namespaces', () => {
  let machines: Machines;
  let machine: Machine;
  let world: SshWorld;
  let id: number;

  beforeAll(async () => {
    machines = await openMachines({ count: 1 });
    machine = machines.hosts[0]!;
    world = await SshWorld.open();
    id = await hostOf(world, machine, { user: 'deploy' });
    await world.gantry.startWorker({}, `${machine.address}, ${machines.emptyAddress}`);
  });

  afterAll(async () => {
    await world?.close();
    await machines?.close();
  });

  it('becomes whom an account says', async () => {
    await world.project.account({ alias: 'app', login_user: 'deploy', become_user: 'app' });
    await world.project.account({ alias: 'asks', login_user: 'asks', become_user: 'app' });

    const [app] = await world.test([id], { account: 'app' });
    const [asks] = await world.test([id], { account: 'asks' });

    expect(app).toMatchObject({ ok: true, facts: { user: 'app', home: '/home/app' } });
    expect(asks).toMatchObject({ ok: false, problem: 'no_answer' });
    expect(asks.message).toContain('sudo');
  });

  it('tells of one that is not there, of one that is cut off, and of one that came back', async () => {
    const empty = { address: machines.emptyAddress, port: 22, profile: { connect_timeout_ms: 2_000 } };
    const nobody = await world.host({ ...empty, password: 'x', keys: machine.keys });

    const [gone] = await world.test([nobody]);
    const [before] = await world.test([id]);
    await machine.reboot();
    const [rebooted] = await world.test([id]);
    await machine.cut();
    const [cut] = await world.test([id]);
    await machine.heal();
    const [healed] = await world.test([id]);

    expect(gone).toMatchObject({ ok: false, problem: 'unreachable' });
    expect(cut).toMatchObject({ ok: false, problem: 'unreachable' });
    expect([before.ok, rebooted.ok, healed.ok]).toEqual([true, true, true]);
    expect(rebooted.facts.boot_id).not.toBe(before.facts.boot_id);
    expect(healed.facts.boot_id).toBe(rebooted.facts.boot_id);
  });
});
