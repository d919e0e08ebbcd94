import { savePoolSchedule } from '../../../schedules/pools/save';
import { tickPools } from '../../../schedules/pools/tick';
import { makeHosts } from '../../support/flow-rows';
import { Rollouts } from '../../support/flows';
import { Gantry } from '../../support/gantry';
import { allOf, dataOf, V1Client } from '../../support/v1';

const ACTOR = { username: 'ann', appCode: '', source: 'test' };

describe('saved tasks at /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let rollouts: Rollouts;

  beforeAll(async () => {
    gantry = await Gantry.create();
    v1 = new V1Client(gantry);
    rollouts = await Rollouts.in(gantry, 1);
  });

  afterAll(() => gantry.stop());

  const at = '/projects/1/saved-tasks';

  /** A pool with a template for its deploy, and what is saved of it. */
  async function saved(more: Partial<Parameters<typeof savePoolSchedule>[2]> = {}) {
    const hosts = await makeHosts(gantry, 1, 2);
    const poolId = await rollouts.pool(hosts);
    const cron = [{ hosts: 3, max_ratio: 0, max_num: 0, week_day: 0, time: '08:00', is_ignored: false }];
    const given = { id: 0, poolId, kind: 'expand' as const, execType: 'crontab' as const, cron, depend: [], ...more };
    return { poolId, hosts, id: await savePoolSchedule(gantry.db, 1, given, ACTOR) };
  }

  it('say when they are due next, for what, and why the last time was refused', async () => {
    const { id, poolId } = await saved();
    await tickPools(gantry.services);

    const task = dataOf(await v1.get(`${at}/${id}`));

    expect(task).toMatchObject({
      ...{ id, pool_id: poolId, type: 'expand', exec_type: 'crontab', editor: 'ann' },
      refusal: 'No task def  found',
      last_rollouts: [],
      cron_items: [{ hosts: 3, week_day: 0, time: '08:00', is_ignored: false }],
      depend_items: [],
    });
    expect(task.next).toHaveLength(10);
    expect(task.next[0]).toEqual({ at: task.next_at, cron_item: task.cron_items[0].id, hosts: 3 });
    expect(new Date(task.next[1].at).getTime()).toBeGreaterThan(new Date(task.next[0].at).getTime());
  });

  it('name the last rollouts that the clock has made of their kind, and how they stand', async () => {
    const { id, hosts } = await saved();
    const step = {
      name: 'echo_step',
      type: 'local' as const,
      values: {},
      retryTimes: 0,
      ignoreError: false,
      scripts: [],
    };
    await rollouts.make([step], hosts, { kind: 'expand' });
    await rollouts.make([step], hosts, { kind: 'deploy', origin: 'crontab' });
    const shrink = await rollouts.make([step], hosts, { kind: 'shrink', origin: 'crontab' });
    const expand = await rollouts.make([step], hosts, { kind: 'expand', origin: 'depend' });

    const { last_rollouts } = dataOf(await v1.get(`${at}/${id}`));
    const listed = (await allOf(v1, at)).find((task) => task.id === id)!;

    expect(last_rollouts).toMatchObject([
      { id: expand, kind: 'expand', state: 'to_come', hosts: { to_come: 2, done: 0 } },
      { id: shrink, kind: 'shrink', state: 'to_come' },
    ]);
    expect(listed.last_rollout).toEqual(last_rollouts[0]);
  });

  it('are listed by pages and by pool, those without times too, and only in their project', async () => {
    const { id, poolId } = await saved({ execType: 'depend' });

    const all = await allOf(v1, at, 2);
    const { items } = dataOf(await v1.get(`${at}?pool_id=${poolId}`));

    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(items).toMatchObject([{ id, next_at: null, last_rollout: null }]);
    expect(dataOf(await v1.get(`${at}/${id}`)).next).toEqual([]);
    expect(await v1.get(`${at}/999999`)).toMatchObject({ status: 404 });
  });
});
