import { FlowBatches } from '../../activities/rollouts/batches';
import { awaitNeeded } from '../../activities/rollouts/needs';
import { transact } from '../../db/transaction';
import { joinFlows } from '../../rollouts/flows/create';
import { giveTask, makeHosts } from '../support/flow-rows';
import { Rollouts, remote } from '../support/flows';
import { Gantry } from '../support/gantry';

const MINUTE_MS = 60_000;

/** A flow of some hosts before its last step, and one of a pool that it needs, as rows say how they stand. */
describe('a batch that needs hosts of other pools', () => {
  let gantry: Gantry;
  let rollouts: Rollouts;

  beforeAll(async () => {
    gantry = await Gantry.create();
    rollouts = await Rollouts.in(gantry, 1);
  });

  afterAll(() => gantry.stop());

  interface Need {
    hosts?: number;
    needed?: number;
    ratio?: number;
    step_name?: string;
    own?: number;
    there?: number;
  }

  async function made({ hosts = 4, needed = 4, ratio = 1, step_name = '', own = 0, there = 0 }: Need = {}) {
    const { db } = gantry;
    const steps = [remote('fill', 'true'), remote('serve', 'true'), remote('report', 'true')];
    const flows: number[] = [];
    for (const count of [hosts, needed]) {
      const ids = await makeHosts(gantry, 1, count);
      await rollouts.pool(ids);
      flows.push(await rollouts.make(steps, ids, { kind: 'expand' }));
    }
    const [flow, other] = flows as [number, number];
    const need = { flow_id: flow, needed_id: other, ratio, step_name, own, there };
    await transact(db, (tx) => joinFlows(tx, flow, [other], [need]));
    const taskId = await giveTask(gantry, flow, { phase: 'running', shown: 'RUNNING' });
    await db.updateTable('flows').set({ task_id: taskId, queued_at: null }).where('id', '=', other).execute();
    for (const id of flows) await new FlowBatches(db, { taskId, loop: 1, projectId: 1 }).open(id);
    const attempt = { taskId, nodeId: 'await', loop: 1, retry: 0, projectId: 1 };
    /** So many of the needed hosts are like that. */
    const set = async (count: number, state: 1 | 2 | 3, step_number: number) => {
      const of = (await rollouts.hosts(other)).filter((host) => host.state === 1 && host.step_number === 0);
      const ids = of.slice(0, count).map(({ id }) => id);
      await db.updateTable('flow_hosts').set({ state, step_number }).where('id', 'in', ids).execute();
    };
    const end = () => db.updateTable('flows').set({ end_state: 2 }).where('id', '=', other).execute();
    const began = (minutes: number) =>
      db
        .insertInto('node_executions')
        .values({
          ...{ task_id: taskId, node_id: 'await', loop: 1, retry: 0, inner_loop: 0, seq: 1, status: 'RUNNING' },
          ...{ skip: false, error_ignored: false, started_at: new Date(Date.now() - minutes * MINUTE_MS) },
        })
        .execute();
    const ask = () => awaitNeeded(db, attempt, { flow, batch: 1 });
    return { flow, other, set, end, began, ask };
  }

  it('waits until those are done that are enough, and says what it waits for', async () => {
    const { other, set, ask } = await made();
    await set(3, 2, 3);
    const { pool_name } = await gantry.db
      .selectFrom('flows')
      .select('pool_name')
      .where('id', '=', other)
      .executeTakeFirstOrThrow();

    expect(await ask()).toMatchObject({
      wait: 'until',
      waitingFor: `hosts of other pools: ${pool_name} has 3 of 4 hosts`,
    });
    await set(1, 2, 3);
    expect(await ask()).toEqual({ end: { going: 4, surplus: 0 } });
  });

  it('counts hosts that are past the step that is named, but none that have failed since', async () => {
    const { set, ask } = await made({ step_name: 'fill' });
    await set(2, 1, 1);
    await set(1, 3, 2);

    expect(await ask()).toMatchObject({ wait: 'until' });
    await set(1, 2, 3);
    expect(await ask()).toMatchObject({ wait: 'until' });
  });

  it.each([
    ['fill', 1, true],
    ['serve', 1, false],
    ['serve', 2, true],
    ['no such step', 2, false],
    ['', 2, false],
  ])('has hosts count for %j that stand before step %i: %s', async (step_name, step, isEnough) => {
    const { set, ask } = await made({ step_name });
    await set(4, 1, step);

    expect(await ask()).toMatchObject(isEnough ? { end: { going: 4 } } : { wait: 'until' });
  });

  it.each([
    ['what was there before counts on both sides', { ratio: 1, own: 2, there: 3 }, 2, { going: 3, surplus: 1 }],
    ['what is enough is rounded up', { ratio: 2 }, 3, { going: 2, surplus: 2 }],
    ['few are enough for many', { ratio: 0.5, needed: 2 }, 1, { going: 2, surplus: 2 }],
  ])(
    'goes on with as many as there is enough for, once nobody works on the others: %s',
    async (_name, need, done, end) => {
      const { flow, set, end: endOther, ask } = await made(need);
      await set(done, 2, 3);
      await set(4, 3, 1);
      expect(await ask()).toMatchObject({ wait: 'until' });
      await endOther();

      expect(await ask()).toEqual({ end });
      const hosts = await rollouts.hosts(flow);
      expect(hosts.map(({ state }) => state)).toEqual(hosts.map((_host, at) => (at < end.going ? 1 : 3)));
      expect(hosts.at(-1)!.reason).toMatch(/^pool made \d+ has \d of \d hosts$/);
      expect(await ask()).toEqual({ end: { going: end.going, surplus: 0 } });
    },
  );

  it('waits for half an hour, then goes on with those that may', async () => {
    const { began, set, ask } = await made();
    await set(1, 2, 3);
    await began(29);
    expect(await ask()).toMatchObject({ wait: 'until', at: expect.any(Number) });
    await gantry.db
      .updateTable('node_executions')
      .set({ started_at: new Date(Date.now() - 30 * MINUTE_MS) })
      .where('node_id', '=', 'await')
      .execute();

    expect(await ask()).toEqual({ end: { going: 1, surplus: 3 } });
  });

  it('asks people where none may go on, and changes no host', async () => {
    const { flow, other, set, end, ask } = await made();
    await set(4, 3, 1);
    await end();
    const { pool_name } = (await rollouts.state(other)).flow;

    expect(await ask()).toEqual({
      end: {
        going: 0,
        surplus: 4,
        problem: `no host of batch 1 may go on: pool ${pool_name} has 0 of 4 hosts`,
      },
    });
    expect(await rollouts.states(flow)).toEqual([1, 1, 1, 1]);
  });
});
