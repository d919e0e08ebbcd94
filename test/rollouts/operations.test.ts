import { retryHost, skipHost, stopHost } from '../../rollouts/flows/hosts';
import { pauseFlow } from '../../rollouts/flows/pause';
import { startFlow } from '../../rollouts/flows/start';
import { stopFlow } from '../../rollouts/flows/stop';
import { startDue } from '../../rollouts/queue';
import { processesWith } from '../hosts/support';
import { eventually } from '../support/eventually';
import { local, type Rollouts, remote } from '../support/flows';
import { type HomeHost, linesOf, put, RolloutWorld, remove } from './support';

/** Writes its name; fails where there is a file `fail-<name>`, and waits as long as there is a file `wait-<name>`. */
const step = (name: string, more: Parameters<typeof remote>[2] = {}) =>
  remote(
    name,
    `echo ${name} >> $HOME/ran; while test -e $HOME/wait-${name}; do sleep 0.1; done; test ! -e $HOME/fail-${name}`,
    more,
  );

describe('what is done with rollouts', () => {
  let world: RolloutWorld;
  let rollouts: Rollouts;

  beforeAll(async () => {
    world = await RolloutWorld.open();
    rollouts = world.rollouts;
  });

  afterAll(() => world.close());

  const ids = (hosts: readonly HomeHost[]) => hosts.map(({ id }) => id);
  const ran = (hosts: readonly HomeHost[]) => hosts.map((host) => linesOf(host));
  const untilRan = (host: HomeHost, lines: string[]) =>
    eventually(`the host has run ${lines}`, async () => linesOf(host), {
      isWanted: (seen) => seen.join() === lines.join(),
      withinMs: 60_000,
    });
  const statusesOf = async (flow: number, step: number) => {
    const runs = world.gantry.db
      .selectFrom('host_runs')
      .innerJoin('host_steps', 'host_steps.id', 'step_id')
      .select('status');
    const rows = await runs.where('flow_id', '=', flow).where('flow_step', '=', step).execute();
    return rows.map(({ status }) => status);
  };
  const nsids = async (flow: number) => (await rollouts.hosts(flow)).map(({ id }) => id);

  it('a pause lets the step end, and nothing more is begun until it is started', async () => {
    const hosts = await world.hosts(2);
    for (const host of hosts) put(host, 'wait-a');
    const flow = await rollouts.run([step('a'), step('b')], ids(hosts));
    await untilRan(hosts[0]!, ['a']);

    await pauseFlow(rollouts.services, rollouts.caller, flow);
    expect((await rollouts.state(flow)).state).toBe(1);
    for (const host of hosts) remove(host, 'wait-a');
    await rollouts.untilState(flow, 4);

    expect(ran(hosts)).toEqual([['a'], ['a']]);
    await expect(pauseFlow(rollouts.services, rollouts.caller, flow)).rejects.toThrow('is not running');

    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);
    expect(ran(hosts)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('a gate is after each batch but the last one, and a start opens it', async () => {
    const hosts = await world.hosts(3);
    const flow = await rollouts.run([step('a')], ids(hosts), { batches: { maxNum: 1 }, isAuto: false });

    await rollouts.untilState(flow, 4);
    expect(ran(hosts)).toEqual([['a'], [], []]);
    await startFlow(rollouts.services, rollouts.caller, flow);
    await untilRan(hosts[1]!, ['a']);
    await rollouts.untilState(flow, 4);
    expect(ran(hosts)).toEqual([['a'], ['a'], []]);
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);

    expect(ran(hosts)).toEqual([['a'], ['a'], ['a']]);
  });

  it('a stop in the middle ends what runs on the hosts, frees the pool, and a start does the rest', async () => {
    const hosts = await world.hosts(3);
    for (const host of hosts) put(host, 'wait-b');
    const flow = await rollouts.run([step('a'), step('b')], ids(hosts), { batches: { maxNum: 2 } });
    await untilRan(hosts[1]!, ['a', 'b']);
    const { flow: running } = await rollouts.state(flow);

    await stopFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilEnded(flow);

    expect(await rollouts.state(flow)).toMatchObject({ state: 2, canceled: true });
    expect(await rollouts.states(flow)).toEqual([4, 4, 0]);
    const mark = `${world.gantry.installation.name}-${running.task_id}-`;
    await eventually('nothing of it runs any more', async () => processesWith(mark), {
      isWanted: (found) => found.length === 0,
      withinMs: 60_000,
    });
    await expect(stopFlow(rollouts.services, rollouts.caller, flow)).rejects.toThrow('already finished');

    for (const host of hosts) remove(host, 'wait-b');
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);

    expect(ran(hosts)).toEqual([
      ['a', 'b', 'b'],
      ['a', 'b', 'b'],
      ['a', 'b'],
    ]);
    expect(await rollouts.states(flow)).toEqual([2, 2, 2]);
  });

  it('what a step had done on some hosts when it was ended is not done there again', async () => {
    const hosts = await world.hosts(2);
    put(hosts[1]!, 'wait-b');
    const flow = await rollouts.run([step('a'), step('b'), step('c')], ids(hosts));
    await untilRan(hosts[1]!, ['a', 'b']);
    await eventually('it has come through on the other one', () => statusesOf(flow, 1), {
      isWanted: (statuses) => statuses.includes('ok'),
    });

    await stopFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilEnded(flow);
    expect(await rollouts.states(flow)).toEqual([4, 4]);
    await eventually('it is ended on the other one', () => statusesOf(flow, 1), {
      isWanted: (statuses) => statuses.includes('cancelled'),
      withinMs: 60_000,
    });
    remove(hosts[1]!, 'wait-b');
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);

    expect(ran(hosts)).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'b', 'c'],
    ]);
  });

  it('a host that had come through its last step when that was ended is done, and its pool says so', async () => {
    const hosts = await world.hosts(2);
    put(hosts[1]!, 'wait-a');
    const flow = await rollouts.run([step('a')], ids(hosts));
    await untilRan(hosts[1]!, ['a']);
    await eventually('it has come through on the other one', () => statusesOf(flow, 0), {
      isWanted: (statuses) => statuses.includes('ok'),
    });
    await stopFlow(rollouts.services, rollouts.caller, flow);
    await eventually('it is ended on the other one', () => statusesOf(flow, 0), {
      isWanted: (statuses) => statuses.includes('cancelled'),
      withinMs: 60_000,
    });

    remove(hosts[1]!, 'wait-a');
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);

    expect(ran(hosts)).toEqual([['a'], ['a', 'a']]);
    expect(await rollouts.states(flow)).toEqual([2, 2]);
    const pooled = world.gantry.db.selectFrom('pool_hosts').select('status').where('host_id', 'in', ids(hosts));
    expect(await pooled.execute()).toEqual([{ status: 2 }, { status: 2 }]);
  });

  it('a host that has left the pool meanwhile is let alone', async () => {
    const hosts = await world.hosts(2);
    const flow = await rollouts.run([step('a')], ids(hosts), { batches: { maxNum: 1 }, isAuto: false });
    await rollouts.untilState(flow, 4);
    await world.gantry.db.deleteFrom('pool_hosts').where('host_id', '=', hosts[1]!.id).execute();

    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilEnded(flow);

    expect(await rollouts.states(flow)).toEqual([2, 3]);
    expect((await rollouts.hosts(flow))[1]).toMatchObject({ reason: expect.stringContaining('has left the pool') });
    expect(ran(hosts)).toEqual([['a'], []]);
  });

  it('a start does not pass over a step whose hosts are all lost', async () => {
    const hosts = await world.hosts(2);
    put(hosts[0]!, 'fail-a');
    const flow = await rollouts.run([step('a')], ids(hosts), { batches: { maxNum: 1 } });
    const { flow: failed } = await rollouts.untilState(flow, 3);
    await world.gantry.db
      .updateTable('flow_hosts')
      .set({ outcome: 'lost' })
      .where('flow_id', '=', flow)
      .where('state', '=', 3)
      .execute();

    await startFlow(rollouts.services, rollouts.caller, flow);
    await eventually('the step has failed once more', () =>
      world.gantry.db
        .selectFrom('node_executions')
        .select('outputs')
        .where('task_id', '=', failed.task_id!)
        .where('retry', '=', 1)
        .where('status', '=', 'FAILED')
        .executeTakeFirst(),
    );

    expect(await rollouts.state(flow)).toMatchObject({ state: 3 });
    expect(await rollouts.states(flow)).toEqual([3, 0]);
    expect(ran(hosts)).toEqual([['a'], []]);
    await stopFlow(rollouts.services, rollouts.caller, flow);
  });

  it('one rollout has a pool at a time: the next one begins when it has ended', async () => {
    const hosts = await world.hosts(2);
    put(hosts[0]!, 'wait-a');
    const first = await rollouts.run([step('a')], ids(hosts));
    const second = await rollouts.run([step('b')], ids(hosts));
    const third = await rollouts.run([step('c')], ids(hosts));
    await untilRan(hosts[0]!, ['a']);

    expect((await rollouts.state(second)).state).toBe(0);
    expect((await rollouts.state(third)).state).toBe(0);
    await stopFlow(rollouts.services, rollouts.caller, second);
    expect(await rollouts.state(second)).toMatchObject({ state: 2, canceled: true });

    remove(hosts[0]!, 'wait-a');
    await rollouts.untilEnded(first);
    await startDue(rollouts.services);
    await rollouts.untilState(third, 2);

    expect(ran(hosts)).toEqual([
      ['a', 'c'],
      ['a', 'c'],
    ]);
  });

  it('more failed hosts than may be end the batch, and nothing more is begun', async () => {
    const hosts = await world.hosts(4);
    for (const host of hosts.slice(0, 2)) put(host, 'fail-a');
    const flow = await rollouts.run([step('a'), step('b')], ids(hosts), { batches: { maxNum: 2 }, maxFailed: 1 });
    await rollouts.untilState(flow, 3);
    expect(ran(hosts)).toEqual([['a'], ['a'], [], []]);
    remove(hosts[0]!, 'fail-a');

    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);

    expect(await rollouts.states(flow)).toEqual([2, 3, 2, 2]);
    expect(ran(hosts)).toEqual([
      ['a', 'a', 'b'],
      ['a', 'a'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('hosts on which a step fails go on where that is ignored', async () => {
    const hosts = await world.hosts(2);
    put(hosts[0]!, 'fail-a');
    const flow = await rollouts.run([step('a', { ignoreError: true }), step('b')], ids(hosts));
    await rollouts.untilState(flow, 2);

    expect(await rollouts.states(flow)).toEqual([2, 2]);
    expect(ran(hosts)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('the time of a batch ends what hangs in it', async () => {
    const hosts = await world.hosts(2);
    for (const host of hosts) put(host, 'wait-a');
    const flow = await rollouts.run([step('a')], ids(hosts), { batchSeconds: 2 });
    await rollouts.untilState(flow, 3);

    expect(await rollouts.states(flow)).toEqual([3, 3]);
    for (const host of hosts) remove(host, 'wait-a');
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);
    expect(await rollouts.states(flow)).toEqual([2, 2]);
  });

  it('single hosts are ended, tried again and skipped', async () => {
    const hosts = await world.hosts(4);
    put(hosts[0]!, 'wait-a');
    put(hosts[1]!, 'fail-a');
    put(hosts[2]!, 'fail-a');
    const flow = await rollouts.run([step('a'), step('b')], ids(hosts), { batches: { maxNum: 3 } });
    await untilRan(hosts[0]!, ['a']);
    const [first, second, third, fourth] = await nsids(flow);

    await expect(retryHost(rollouts.services, rollouts.caller, fourth!)).rejects.toThrow('has not failed');
    await stopHost(rollouts.services, rollouts.caller, first!);
    await rollouts.untilState(flow, 3);
    expect(await rollouts.states(flow)).toEqual([4, 3, 3, 0]);
    await expect(stopHost(rollouts.services, rollouts.caller, first!)).rejects.toThrow('already finished');

    remove(hosts[1]!, 'fail-a');
    await retryHost(rollouts.services, rollouts.caller, second!);
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);
    expect(await rollouts.states(flow)).toEqual([4, 2, 3, 2]);
    expect(ran(hosts)).toEqual([['a'], ['a', 'a', 'b'], ['a'], ['a', 'b']]);

    await skipHost(rollouts.services, rollouts.caller, third!);
    expect(await rollouts.states(flow)).toEqual([4, 2, 2, 2]);
    remove(hosts[0]!, 'wait-a');
    await retryHost(rollouts.services, rollouts.caller, first!);
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);
    expect(await rollouts.states(flow)).toEqual([2, 2, 2, 2]);
    expect(ran(hosts)).toEqual([['a', 'a', 'b'], ['a', 'a', 'b'], ['a'], ['a', 'b']]);
  });

  it('a step that waits for people goes on when those it failed for are skipped', async () => {
    const hosts = await world.hosts(2);
    for (const host of hosts) put(host, 'fail-a');
    const flow = await rollouts.run([step('a'), step('b')], ids(hosts));
    await rollouts.untilState(flow, 3);
    const [first] = await nsids(flow);

    await skipHost(rollouts.services, rollouts.caller, first!);
    await rollouts.untilState(flow, 2);

    expect(await rollouts.states(flow)).toEqual([2, 3]);
    expect(ran(hosts)).toEqual([['a'], ['a']]);
  });

  it('steps that reach no host have rows and logs of each', async () => {
    const hosts = await world.hosts(2);
    const flow = await rollouts.run([local('sleep', { time: 1 }), local('echo_step', { name: 'hello' })], ids(hosts));
    await rollouts.untilState(flow, 2);

    const { rows } = await world.gantry.db
      .selectFrom('host_runs')
      .innerJoin('host_steps', 'host_steps.id', 'host_runs.step_id')
      .leftJoin('host_logs', 'host_logs.run_id', 'host_runs.id')
      .select(['flow_step', 'host_runs.host_id', 'status', 'bytes'])
      .where('flow_id', '=', flow)
      .orderBy('host_runs.id')
      .execute()
      .then((found) => ({ rows: found.map(({ bytes, ...row }) => ({ ...row, log: bytes?.toString() })) }));
    expect(rows).toEqual(
      [0, 1].flatMap((flow_step) =>
        hosts.map(({ id }) => ({ flow_step, host_id: id, status: 'ok', log: ['slept 1 s\n', 'hello\n'][flow_step] })),
      ),
    );
  });

  it('are in the lists of tasks, and cannot be changed there as other tasks can', async () => {
    const hosts = await world.hosts(1);
    const flow = await rollouts.run([local('echo_step', { name: 'x' })], ids(hosts));
    await rollouts.untilState(flow, 2);
    const { flow: done } = await rollouts.state(flow);
    const project = rollouts.caller.project.id;
    const at = (name: string) => `/apigw/${name}/${done.task_id}/${project}/?scope=project`;

    const listed = await world.gantry.get(`/apigw/get_task_list/${project}/?scope=project&create_method=rollout`);
    expect(listed.data.map(({ id }: { id: number }) => id)).toContain(done.task_id);
    const cloned = await world.gantry.post(at('clone_task'), { name: 'again' });
    expect(cloned).toMatchObject({ result: false });
    expect(cloned.message).toContain('rollout');
    const changed = await world.gantry.post(at('modify_constants_for_task'), { constants: {} });
    expect(changed.message).toContain('rollout');
  });
});
