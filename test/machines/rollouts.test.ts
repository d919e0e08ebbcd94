import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { retryHost } from '../../rollouts/flows/hosts';
import { pauseFlow } from '../../rollouts/flows/pause';
import { startFlow } from '../../rollouts/flows/start';
import { stopFlow } from '../../rollouts/flows/stop';
import { seal } from '../../secrets/token';
import { SshWorld } from '../activities/hosts/support';
import { eventually } from '../support/eventually';
import { Rollouts, remote } from '../support/flows';
import { WorkerProcess } from '../support/worker-process';
import { onMachines, readOn } from './support';

const COUNT = 4;

/** Writes its name; waits as long as there is a file `wait-<name>`, and fails where there is a file `fail-<name>`. */
const step = (folder: string, name: string) =>
  remote(
    name,
    `mkdir -p /tmp/${folder} && cd /tmp/${folder} && echo ${name} >> ran
while test -e wait-${name}; do sleep 0.2; done
test ! -e fail-${name}`,
  );

onMachines('a rollout over real hosts', 'namespaces', () => {
  let machines: Machines;
  let world: SshWorld;
  let rollouts: Rollouts;
  let allowed: string;
  const ids: number[] = [];

  beforeAll(async () => {
    machines = await openMachines({ count: COUNT });
    world = await SshWorld.open();
    rollouts = await Rollouts.in(world.gantry, world.project.projectId);
    allowed = machines.hosts.map(({ address }) => address).join();
    for (const machine of machines.hosts) ids.push(await hostOf(machine));
    await rollouts.pool(ids);
  });

  afterAll(async () => {
    await world?.close();
    await machines?.close();
  });

  async function hostOf({ address, port, user, userKey, keys }: Machine): Promise<number> {
    const secret = JSON.stringify({ private_key: seal(userKey, world.project.projectId) });
    const credential_id = await world.project.credential({ kind: 'private_key', secret });
    return world.host({ address, port, keys, profile: { login_user: user, credential_id, connect_timeout_ms: 4_000 } });
  }

  /** What the hosts have run, as they say themselves. */
  const ran = (folder: string) =>
    machines.hosts.map((machine) => readOn(machine, `/tmp/${folder}/ran`).split('\n').filter(Boolean));
  const untilRan = (folder: string, host: number, lines: string[]) =>
    eventually(`host ${host} has run ${lines}`, () => ran(folder)[host]!.join(), {
      isWanted: (seen) => seen === lines.join(),
      withinMs: 120_000,
    });
  const onAll = (command: string) => Promise.all(machines.hosts.map((machine) => machine.shell(command)));
  /** Whoever looks for it has it in the command line too, but for the brackets. */
  const isSleeping = async (machine: Machine) =>
    (await machine.shell(`grep -l '9876[5]' /proc/[0-9]*/cmdline 2>/dev/null || :`)) !== '';

  describe('with one worker', () => {
    beforeAll(() => world.gantry.startWorker({}, allowed));
    afterAll(() => world.gantry.stopWorker());

    it('goes on in batches though one host is down, and does that one when it is back', async () => {
      await machines.hosts[1]!.cut();
      const flow = await rollouts.run([step('down', 'a'), step('down', 'b')], ids, { batches: { maxNum: 2 } });
      await rollouts.untilState(flow, 2, 240_000);
      await rollouts.untilEnded(flow);
      expect(await rollouts.states(flow)).toEqual([2, 3, 2, 2]);
      expect(ran('down')).toEqual([['a', 'b'], [], ['a', 'b'], ['a', 'b']]);

      await machines.hosts[1]!.heal();
      await startFlow(rollouts.services, rollouts.caller, flow);
      await rollouts.untilState(flow, 2, 240_000);

      expect(await rollouts.states(flow)).toEqual([2, 2, 2, 2]);
      expect(ran('down')).toEqual(machines.hosts.map(() => ['a', 'b']));
    });

    it('fails on a host that shows another key, and says so', async () => {
      await machines.hosts[3]!.newHostKey();
      // Connections that are kept know nothing of it.
      await machines.hosts[3]!.reboot();
      const flow = await rollouts.run([step('key', 'a')], [ids[3]!]);
      await rollouts.untilState(flow, 3, 240_000);

      expect((await rollouts.hosts(flow))[0]).toMatchObject({ state: 3, outcome: 'unreachable' });
      expect(ran('key')).toEqual([[], [], [], []]);
      await world.trust(ids[3]!, machines.hosts[3]!.keys, true);
      await startFlow(rollouts.services, rollouts.caller, flow);
      await rollouts.untilState(flow, 2, 240_000);
      expect(ran('key')).toEqual([[], [], [], ['a']]);
    });

    it('pauses in front of the next step, and waits at a gate after each batch', async () => {
      await onAll('mkdir -p /tmp/gate && touch /tmp/gate/wait-a');
      const of = { batches: { maxNum: 2 }, isAuto: false };
      const flow = await rollouts.run([step('gate', 'a'), step('gate', 'b')], ids, of);
      await untilRan('gate', 0, ['a']);
      await untilRan('gate', 1, ['a']);

      await pauseFlow(rollouts.services, rollouts.caller, flow);
      await onAll('rm /tmp/gate/wait-a');
      await rollouts.untilState(flow, 4, 240_000);
      expect(ran('gate')).toEqual([['a'], ['a'], [], []]);

      await startFlow(rollouts.services, rollouts.caller, flow);
      await untilRan('gate', 0, ['a', 'b']);
      await rollouts.untilState(flow, 4, 240_000);
      expect(ran('gate')).toEqual([['a', 'b'], ['a', 'b'], [], []]);

      await startFlow(rollouts.services, rollouts.caller, flow);
      await rollouts.untilState(flow, 2, 240_000);
      await rollouts.untilEnded(flow);
      expect(ran('gate')).toEqual(machines.hosts.map(() => ['a', 'b']));
    });

    it('tries the hosts again that have failed: one by its name, then all that are left', async () => {
      await Promise.all(
        machines.hosts.slice(2).map((machine) => machine.shell('mkdir -p /tmp/retry && touch /tmp/retry/fail-a')),
      );
      const flow = await rollouts.run([step('retry', 'a'), step('retry', 'b')], ids, { batches: { maxNum: 2 } });
      await rollouts.untilState(flow, 3, 240_000);
      expect(await rollouts.states(flow)).toEqual([2, 2, 3, 3]);

      await onAll('rm -f /tmp/retry/fail-a');
      const [, , third] = await rollouts.hosts(flow);
      await retryHost(rollouts.services, rollouts.caller, third!.id);
      await rollouts.untilState(flow, 2, 240_000);
      await rollouts.untilEnded(flow);
      expect(await rollouts.states(flow)).toEqual([2, 2, 2, 3]);
      expect(ran('retry')).toEqual([['a', 'b'], ['a', 'b'], ['a', 'a', 'b'], ['a']]);

      await startFlow(rollouts.services, rollouts.caller, flow);
      await rollouts.untilState(flow, 2, 240_000);
      await rollouts.untilEnded(flow);
      expect(ran('retry')).toEqual([
        ['a', 'b'],
        ['a', 'b'],
        ['a', 'a', 'b'],
        ['a', 'a', 'b'],
      ]);
    });

    it('ends a script that hangs when the time of its batch is over, with all that it has begun', async () => {
      await onAll('mkdir -p /tmp/hang && touch /tmp/hang/wait-a');
      const hanging = remote('a', 'cd /tmp/hang && echo a >> ran; test ! -e wait-a || sleep 98765');
      const flow = await rollouts.run([hanging], ids.slice(0, 2), { batchSeconds: 20 });
      await rollouts.untilState(flow, 3, 240_000);

      expect(await rollouts.states(flow)).toEqual([3, 3]);
      for (const machine of machines.hosts) {
        await eventually('nothing of it runs', async () => !(await isSleeping(machine)), { withinMs: 120_000 });
      }
      await onAll('rm /tmp/hang/wait-a');
      await startFlow(rollouts.services, rollouts.caller, flow);
      await rollouts.untilState(flow, 2, 240_000);
      await rollouts.untilEnded(flow);
      expect(ran('hang')).toEqual([['a', 'a'], ['a', 'a'], [], []]);
    });

    it('is ended in the middle: nothing of it runs on any host, and what has not begun never does', async () => {
      await onAll('mkdir -p /tmp/stop && touch /tmp/stop/wait-a');
      const hanging = remote(
        'a',
        'cd /tmp/stop && echo a >> ran; sleep 98765 & while test -e wait-a; do sleep 0.2; done',
      );
      const flow = await rollouts.run([hanging, step('stop', 'b')], ids, { batches: { maxNum: 2 } });
      await untilRan('stop', 0, ['a']);
      await untilRan('stop', 1, ['a']);
      expect(await isSleeping(machines.hosts[0]!)).toBe(true);

      await stopFlow(rollouts.services, rollouts.caller, flow);
      await rollouts.untilEnded(flow);

      for (const machine of machines.hosts) {
        await eventually('nothing of it runs', async () => !(await isSleeping(machine)), { withinMs: 120_000 });
      }
      expect(await rollouts.state(flow)).toMatchObject({ state: 2, canceled: true });
      expect(ran('stop')).toEqual([['a'], ['a'], [], []]);
    });
  });

  it('goes on when its worker is killed in the middle of a batch, and runs every script once', async () => {
    await onAll('mkdir -p /tmp/killed && touch /tmp/killed/wait-a');
    const first = await WorkerProcess.start(world.gantry.databaseUrl, { GANTRY_HOSTS_ALLOW: allowed });
    const flow = await rollouts.run([step('killed', 'a'), step('killed', 'b')], ids, { batches: { maxNum: 2 } });
    await untilRan('killed', 0, ['a']);
    await untilRan('killed', 1, ['a']);

    await first.kill('SIGKILL');
    const second = await WorkerProcess.start(world.gantry.databaseUrl, { GANTRY_HOSTS_ALLOW: allowed });
    await onAll('rm /tmp/killed/wait-a');
    await rollouts.untilState(flow, 2, 240_000);
    await rollouts.untilEnded(flow);
    await second.kill('SIGTERM');

    expect(await rollouts.states(flow)).toEqual([2, 2, 2, 2]);
    expect(ran('killed')).toEqual(machines.hosts.map(() => ['a', 'b']));
  });
});
