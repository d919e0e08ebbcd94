import { startFlow } from '../../rollouts/flows/start';
import { local, remote } from '../support/flows';
import { linesOf, put, RolloutWorld, remove } from './support';

/** Each step writes its name and the time; those with a file `fail-<step>` fail. */
const step = (name: string, more: Parameters<typeof remote>[2] = {}) =>
  remote(name, `echo "${name} $(date +%s%N)" >> $HOME/ran; test ! -e $HOME/fail-${name}`, more);

describe('batches of a rollout', () => {
  let world: RolloutWorld;

  beforeAll(async () => {
    world = await RolloutWorld.open();
  });

  afterAll(() => world.close());

  const names = (host: Parameters<typeof linesOf>[0]) => linesOf(host).map((line) => line.split(' ')[0]);
  const times = (host: Parameters<typeof linesOf>[0]) => linesOf(host).map((line) => Number(line.split(' ')[1]));

  it('are done one after the other, all steps of one before the next one begins', async () => {
    const { rollouts } = world;
    const hosts = await world.hosts(5);

    const flow = await rollouts.run(
      [step('stop'), local('echo_step', { name: 'hello' }), step('start')],
      hosts.map(({ id }) => id),
      {
        batches: { maxNum: 2 },
      },
    );
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);

    expect(hosts.map(names)).toEqual(hosts.map(() => ['stop', 'start']));
    const [first, second, third] = [hosts.slice(0, 2), hosts.slice(2, 4), hosts.slice(4)].map((some) =>
      some.flatMap(times),
    );
    expect(Math.max(...first!)).toBeLessThan(Math.min(...second!));
    expect(Math.max(...second!)).toBeLessThan(Math.min(...third!));
    expect(await rollouts.states(flow)).toEqual([2, 2, 2, 2, 2]);
    expect((await rollouts.batches(flow)).map(({ state, step }) => [state, step])).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
    ]);
    expect(await world.gantry.db.selectFrom('pool_locks').selectAll().execute()).toEqual([]);
    expect(await rollouts.logs(flow)).toEqual(
      expect.arrayContaining([
        'execute batch 2: it contains 2 nodes',
        'finish batch 3: 1 done, 0 failed, 0 ended early',
      ]),
    );
  });

  it('go on with those that survive, and a later start does what is unfinished from where each host was', async () => {
    const { rollouts } = world;
    const hosts = await world.hosts(4);
    put(hosts[1]!, 'fail-b');

    const flow = await rollouts.run(
      [step('a'), step('b', { retryTimes: 1 }), step('c')],
      hosts.map(({ id }) => id),
      {
        batches: { maxRatio: 50 },
      },
    );
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);

    expect(await rollouts.states(flow)).toEqual([2, 3, 2, 2]);
    expect(names(hosts[1]!)).toEqual(['a', 'b', 'b']);
    expect((await rollouts.hosts(flow))[1]).toMatchObject({ step: 'b', step_number: 1, outcome: 'failed' });

    remove(hosts[1]!, 'fail-b');
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);

    expect(await rollouts.states(flow)).toEqual([2, 2, 2, 2]);
    expect(names(hosts[1]!)).toEqual(['a', 'b', 'b', 'b', 'c']);
    expect(names(hosts[0]!)).toEqual(['a', 'b', 'c']);
  });

  it('wait for people when no host survives, and a start tries the failed ones alone', async () => {
    const { rollouts } = world;
    const hosts = await world.hosts(4);
    put(hosts[2]!, 'fail-a');
    put(hosts[3]!, 'fail-b');

    const flow = await rollouts.run(
      [step('a'), step('b')],
      hosts.map(({ id }) => id),
      { batches: { maxNum: 2 } },
    );
    const failed = await rollouts.untilState(flow, 3);

    expect(failed.facts.failedNodes).toHaveLength(1);
    expect(await rollouts.states(flow)).toEqual([2, 2, 3, 3]);

    remove(hosts[3]!, 'fail-b');
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);

    expect(await rollouts.states(flow)).toEqual([2, 2, 3, 2]);
    expect(hosts.map(names)).toEqual([['a', 'b'], ['a', 'b'], ['a'], ['a', 'b', 'b']]);
    // It was the same task.
    expect((await rollouts.state(flow)).flow.task_id).toBe(failed.flow.task_id);
  });
});
