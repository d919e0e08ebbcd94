import { noteLate } from '../../activities/rollouts/late-end';
import { startFlow } from '../../rollouts/flows/start';
import { local, type Rollouts, remote } from '../support/flows';
import { type HomeHost, linesOf, put, RolloutWorld, remove } from './support';

/** Writes its name; fails where there is a file `fail-<name>`. */
const step = (name: string) => remote(name, `echo ${name} >> $HOME/ran; test ! -e $HOME/fail-${name}`);

describe('hosts of a rollout that say later how a step has ended', () => {
  let world: RolloutWorld;
  let rollouts: Rollouts;

  beforeAll(async () => {
    world = await RolloutWorld.open();
    rollouts = world.rollouts;
  });

  afterAll(() => world.close());

  const ran = (hosts: readonly HomeHost[]) => hosts.map((host) => linesOf(host));
  const ids = (hosts: readonly HomeHost[]) => hosts.map(({ id }) => id);

  /** A rollout in which the last host has failed at the first step, as if it had been lost there; the run that was. */
  async function losing(hosts: readonly HomeHost[], names: readonly string[]): Promise<{ flow: number; run: string }> {
    const { db } = world.gantry;
    put(hosts.at(-1)!, 'fail-a');
    const flow = await rollouts.run(names.map(step), ids(hosts));
    await rollouts.untilState(flow, hosts.length > 1 ? 2 : 3);
    if (hosts.length > 1) await rollouts.untilEnded(flow);
    remove(hosts.at(-1)!, 'fail-a');
    const run = await db
      .selectFrom('host_runs')
      .innerJoin('host_steps', 'host_steps.id', 'step_id')
      .select('host_runs.id')
      .where('flow_id', '=', flow)
      .where('flow_step', '=', 0)
      .where('status', '=', 'failed')
      .executeTakeFirstOrThrow();
    // What has to be asked for long after this test: nobody but the test says how it has ended.
    const ask_until = new Date(Date.now() + 3600_000);
    const lost = { status: 'lost' as const, ended_at: new Date(), ask_until };
    await world.gantry.stopWorker();
    await db.updateTable('host_runs').set(lost).where('id', '=', run.id).execute();
    const rows = db.updateTable('flow_hosts').set({ outcome: 'lost' }).where('flow_id', '=', flow);
    await rows.where('state', '=', 3).execute();
    return { flow, run: run.id };
  }

  /** The host says how it ended, and the workers go on. */
  async function say(run: string, status: 'ok' | 'failed'): Promise<void> {
    await noteLate(world.gantry.db, run, { status, exitCode: status === 'ok' ? 0 : 1 });
    await world.gantry.startWorker({}, '127.0.0.1/32');
  }

  const lateLogs = async (flow: number) => (await rollouts.logs(flow)).filter((line) => line.startsWith('late result'));
  const pooled = async ({ id }: HomeHost) => {
    const rows = world.gantry.db.selectFrom('pool_hosts').select('status').where('host_id', '=', id);
    return (await rows.executeTakeFirstOrThrow()).status;
  };

  it('are done where it was the last step, and so do their pool and the rollout say', async () => {
    const hosts = await world.hosts(2);
    const { flow, run } = await losing(hosts, ['a']);
    await world.gantry.db.updateTable('flows').set({ end_state: 3, max_failed: 0 }).where('id', '=', flow).execute();
    expect(await pooled(hosts[1]!)).toBe(3);

    await say(run, 'ok');
    await noteLate(world.gantry.db, run, { status: 'failed', exitCode: 1 });

    expect(await rollouts.states(flow)).toEqual([2, 2]);
    expect(await pooled(hosts[1]!)).toBe(2);
    expect((await rollouts.state(flow)).state).toBe(2);
    expect(await lateLogs(flow)).toEqual([expect.stringMatching(/: ok in step a$/)]);
    expect(ran(hosts)).toEqual([['a'], ['a']]);
  });

  it('go on from the next step when the rollout is started again, without the one that they have done', async () => {
    const hosts = await world.hosts(2);
    const { flow, run } = await losing(hosts, ['a', 'b']);
    await expect(startFlow(rollouts.services, rollouts.caller, flow)).rejects.toThrow('what is left is lost');

    await say(run, 'ok');
    expect((await rollouts.hosts(flow))[1]).toMatchObject({ state: 4, step_number: 1, outcome: 'ok' });
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);

    expect(await rollouts.states(flow)).toEqual([2, 2]);
    expect(ran(hosts)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('go on with their batch when that waits for somebody, without the step that they have done', async () => {
    const hosts = await world.hosts(1);
    const { flow, run } = await losing(hosts, ['a', 'b']);

    await say(run, 'ok');
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);

    expect(await rollouts.states(flow)).toEqual([2]);
    expect(ran(hosts)).toEqual([['a', 'b']]);
  });

  it('are tried again like any other where it had failed', async () => {
    const hosts = await world.hosts(2);
    const { flow, run } = await losing(hosts, ['a']);

    await say(run, 'failed');
    expect((await rollouts.hosts(flow))[1]).toMatchObject({ state: 3, outcome: 'failed' });
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);
    await rollouts.untilEnded(flow);

    expect(ran(hosts)).toEqual([['a'], ['a', 'a']]);
  });

  it('say nothing of their pool when another rollout has been there since', async () => {
    const hosts = await world.hosts(2);
    const { run } = await losing(hosts, ['a']);
    await world.gantry.startWorker({}, '127.0.0.1/32');
    const later = await rollouts.run([local('echo_step', { name: 'x' })], ids(hosts));
    await rollouts.untilEnded(later);
    await world.gantry.stopWorker();
    const { db } = world.gantry;
    await db
      .updateTable('host_runs')
      .set({ ask_until: new Date(Date.now() + 3600_000) })
      .where('id', '=', run)
      .execute();
    await db.updateTable('pool_hosts').set({ status: 3 }).where('host_id', '=', hosts[1]!.id).execute();

    await say(run, 'ok');

    expect(await pooled(hosts[1]!)).toBe(3);
  });
});
