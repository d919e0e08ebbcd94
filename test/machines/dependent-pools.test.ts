import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { skipHost } from '../../rollouts/flows/hosts';
import { pauseFlow } from '../../rollouts/flows/pause';
import { startFlow } from '../../rollouts/flows/start';
import { stopFlow } from '../../rollouts/flows/stop';
import { seal } from '../../secrets/token';
import { SshWorld } from '../activities/hosts/support';
import { authorization, CALLER } from '../support/client';
import { eventually } from '../support/eventually';
import { Rollouts } from '../support/flows';
import { OrionClient } from '../support/orion';
import { WorkerProcess } from '../support/worker-process';
import { onMachines, readOn } from './support';

const FOLDER = '/tmp/pools';
const WITHIN_MS = 240_000;

/** Writes its name and when; waits as long as there is a file `wait-<name>`, and fails where there is a file `fail-<name>`. */
const script = (name: string) =>
  `mkdir -p ${FOLDER} && cd ${FOLDER} && echo "${name} $(date +%s%N)" >> ran; ` +
  `while test -e wait-${name}; do sleep 0.2; done; test ! -e fail-${name} && echo "${name}-done $(date +%s%N)" >> ran`;

/** A pool by the clock, and one that it needs: saved tasks, an API that runs, and what hosts say that they have run. */
onMachines('pools that depend on each other, by the clock', 'namespaces', () => {
  let machines: Machines;
  let shops: Machine[];
  let stores: Machine[];
  let world: SshWorld;
  let rollouts: Rollouts;
  let orion: OrionClient;
  let api: WorkerProcess;
  let shop: number;
  let store: number;

  beforeAll(async () => {
    process.env.GANTRY_VM_PROVIDER = 'spare:spare-{type}';
    machines = await openMachines({ count: 4 });
    shops = machines.hosts.slice(0, 2);
    stores = machines.hosts.slice(2);
    world = await SshWorld.open();
    const { projectId } = world.project;
    rollouts = await Rollouts.in(world.gantry, projectId);
    orion = new OrionClient(world.gantry, { ...authorization(CALLER), 'X-Gantry-Project': String(projectId) });
    for (const machine of shops) await hostOf(machine, 'spare-1');
    for (const machine of stores) await hostOf(machine, 'spare-2');
    const cluster_id = await orion.dataOf('/cluster/create', { name: 'c' });
    const service = await orion.dataOf('/service/create', { name: 's', docker_image: 'registry/web:1', cluster_id });
    for (const name of ['prepare', 'join', 'leave', 'fill', 'serve', 'report', 'drain']) await remoteStep(name);
    shop = await pool('shop', service.id, 1, {
      expand: await template('create_vm', 'prepare', 'join'),
      shrink: await template('leave', 'return_vm'),
    });
    store = await pool('store', service.id, 2, {
      expand: await template('create_vm', 'fill', 'serve', 'report'),
      shrink: await template('drain', 'return_vm'),
    });
    await world.gantry.startWorker({}, machines.hosts.map(({ address }) => address).join());
    api = await WorkerProcess.start(world.gantry.databaseUrl, { GANTRY_PORT: '0' }, 'api');
  });

  beforeEach(() => onAll(machines.hosts, `rm -rf ${FOLDER}; mkdir -p ${FOLDER}`));

  afterAll(async () => {
    delete process.env.GANTRY_VM_PROVIDER;
    await api?.kill('SIGTERM');
    await world?.close();
    await machines?.close();
  });

  async function hostOf({ address, port, user, userKey, keys }: Machine, tag: string): Promise<number> {
    const secret = JSON.stringify({ private_key: seal(userKey, world.project.projectId) });
    const credential_id = await world.project.credential({ kind: 'private_key', secret });
    return world.host({ address, port, keys, profile: { login_user: user, credential_id }, host: { tags: [tag] } });
  }

  async function remoteStep(name: string): Promise<void> {
    const action_id = await orion.dataOf('/action/create', { name, desc: '', params: {} });
    const action = { action: { module: 'shell', args: script(name) } };
    await orion.dataOf('/actimpl/create', { action_id, type: 'ansible', template: action });
    await orion.dataOf('/remote_step/create', { name, desc: '', actions: [name] });
  }

  const template = (...steps: string[]): Promise<number> =>
    orion.dataOf('/task_tpl/create', {
      ...{ name: steps.join(' '), desc: '' },
      steps: steps.map((name) => ({ name, param_values: {} })),
    });

  async function pool(name: string, service_id: number, vm_type: number, of: object): Promise<number> {
    const tasks = { deploy: 0, ...of };
    return (await orion.dataOf('/pool/create', { name, vm_type, sd_id: 1, service_id, tasks })).id;
  }

  /** Has the shop have so many hosts at these times, and as many stores. */
  const save = (times: { time: string; instance_num: number }[], step_name = '') =>
    orion.dataOf('/task/saveTask', {
      ...{ id: 0, pool_id: shop, type: 'expand', exec_type: 'crontab' },
      cron_items: times.map((item) => ({ week_day: 0, ...item })),
      depend_items: [{ pool_id: store, ratio: 1, elastic_count: 0, step_name }],
    });
  /** The same from now on. */
  const have = (instance_num: number, step_name = '') => save([{ time: clock(-1), instance_num }], step_name);

  /** What the clock of the project shows, or will show in some minutes. */
  const clock = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16);

  const onAll = (of: readonly Machine[], command: string) =>
    Promise.all(of.map((machine) => machine.shell(`cd ${FOLDER} 2>/dev/null; ${command}`)));

  /** What hosts have run, as they say themselves: names, and when each was. */
  const ran = (of: readonly Machine[]) =>
    of.map((machine) =>
      readOn(machine, `${FOLDER}/ran`)
        .split('\n')
        .filter(Boolean)
        .map((line) => ({ name: line.split(' ')[0]!, at: Number(line.split(' ')[1]) })),
    );
  const names = (of: readonly Machine[]) =>
    ran(of).map((lines) => lines.map(({ name }) => name).filter((name) => !name.endsWith('-done')));
  const when = (of: readonly Machine[], name: string) =>
    ran(of).flatMap((lines) => lines.filter((line) => line.name === name).map(({ at }) => at));
  const untilRan = (of: readonly Machine[], name: string, count = of.length) =>
    eventually(`${count} hosts have run ${name}`, () => when(of, name).length, {
      isWanted: (seen) => seen === count,
      withinMs: WITHIN_MS,
    });

  /** The newest flow of each pool, once both are there. */
  async function newest(kind: 'expand' | 'shrink', after = 0): Promise<[number, number]> {
    const find = async () => {
      const flows = world.gantry.db.selectFrom('flows').select(['id', 'pool_id']).where('kind', '=', kind);
      const rows = await flows.where('id', '>', after).orderBy('id').execute();
      return [shop, store].map((id) => rows.findLast(({ pool_id }) => pool_id === id)?.id ?? 0) as [number, number];
    };
    return eventually(`pools ${kind}`, find, { isWanted: (found) => !found.includes(0), withinMs: WITHIN_MS });
  }

  const lastFlow = async () =>
    (await world.gantry.db.selectFrom('flows').select('id').orderBy('id', 'desc').executeTakeFirst())?.id ?? 0;

  async function untilDone(flows: readonly number[]): Promise<void> {
    for (const flow of flows) await rollouts.untilState(flow, 2, WITHIN_MS);
    for (const flow of flows) await rollouts.untilEnded(flow);
  }

  async function untilFailed(flow: number): Promise<void> {
    await rollouts.untilState(flow, 3, WITHIN_MS);
  }

  /** The hosts of both pools. */
  async function hosts(): Promise<number[]> {
    const rows = await world.gantry.db.selectFrom('pool_hosts').select('pool_id').execute();
    return [shop, store].map((id) => rows.filter(({ pool_id }) => pool_id === id).length);
  }

  async function shrinkToNone(): Promise<void> {
    const before = await lastFlow();
    await have(0);
    await untilDone(await newest('shrink', before));
    expect(await hosts()).toEqual([0, 0]);
  }

  it('grow when their time comes: the last step waits for those that count, and no longer', async () => {
    await onAll(stores, 'touch wait-serve wait-report');
    await save(
      [
        { time: clock(-60), instance_num: 0 },
        { time: clock(1), instance_num: 2 },
      ],
      'serve',
    );

    const flows = await newest('expand');
    await untilRan(shops, 'prepare-done');
    await untilRan(stores, 'serve');
    expect(when(shops, 'join')).toEqual([]);
    await onAll(stores, 'rm wait-serve');
    await rollouts.untilState(flows[0], 2, WITHIN_MS);
    expect((await rollouts.state(flows[1])).state).toBe(1);
    await onAll(stores, 'rm wait-report');
    await untilDone(flows);

    expect(names(shops)).toEqual(shops.map(() => ['prepare', 'join']));
    expect(names(stores)).toEqual(stores.map(() => ['fill', 'serve', 'report']));
    expect(Math.min(...when(shops, 'join'))).toBeGreaterThan(Math.max(...when(stores, 'serve-done')));
    expect(Math.max(...when(shops, 'join'))).toBeLessThan(Math.min(...when(stores, 'report-done')));
    expect(await hosts()).toEqual([2, 2]);
  });

  it('shrink one after the other, also where somebody has paused that', async () => {
    await onAll(shops, 'touch wait-leave');
    await have(0);
    const [own, needed] = await newest('shrink');
    await untilRan(shops, 'leave');
    await pauseFlow(rollouts.services, rollouts.caller, own);
    await onAll(shops, 'rm wait-leave');
    await rollouts.untilState(own, 4, WITHIN_MS);
    expect(names(stores)).toEqual([[], []]);
    expect(await hosts()).toEqual([2, 2]);

    await startFlow(rollouts.services, rollouts.caller, own);
    await untilDone([own, needed]);

    expect(names(shops)).toEqual([['leave'], ['leave']]);
    expect(names(stores)).toEqual([['drain'], ['drain']]);
    expect(Math.min(...when(stores, 'drain'))).toBeGreaterThan(Math.max(...when(shops, 'leave-done')));
    expect(await hosts()).toEqual([0, 0]);
  });

  it('go on when a step of the needed pool that has failed is tried again', async () => {
    const before = await lastFlow();
    await onAll(stores, 'touch fail-fill');
    await have(2);
    const flows = await newest('expand', before);
    await untilFailed(flows[1]);
    await untilRan(shops, 'prepare-done');
    expect((await rollouts.state(flows[0])).state).toBe(1);
    await eventually('it is said what the pool waits for', async () => (await orion.get(`/task/${flows[0]}`)).data, {
      isWanted: (task) => task.waiting_for === 'hosts of other pools: store has 0 of 2 hosts',
      withinMs: WITHIN_MS,
    });
    expect(names(shops)).toEqual([['prepare'], ['prepare']]);

    await onAll(stores, 'rm fail-fill');
    await startFlow(rollouts.services, rollouts.caller, flows[1]);
    await untilDone(flows);

    expect(names(shops)).toEqual([
      ['prepare', 'join'],
      ['prepare', 'join'],
    ]);
    expect(names(stores)).toEqual(stores.map(() => ['fill', 'fill', 'serve', 'report']));
    expect(Math.min(...when(shops, 'join'))).toBeGreaterThan(Math.max(...when(stores, 'report-done')));
    await shrinkToNone();
  });

  it('grow as far as there is enough, and by the rest the next time', async () => {
    const before = await lastFlow();
    await onAll(stores.slice(0, 1), 'touch fail-fill');
    await have(2);
    const flows = await newest('expand', before);
    await untilDone(flows);

    expect(await Promise.all(flows.map(async (flow) => (await rollouts.states(flow)).sort()))).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(when(shops, 'join')).toHaveLength(1);
    const reasons = (await rollouts.hosts(flows[0])).map(({ reason }) => reason);
    expect(reasons).toContain('pool store has 1 of 2 hosts');

    await onAll(stores, 'rm -f fail-fill');
    await have(2);
    await untilRan(shops, 'join-done');
    await untilDone(flows);

    expect(await newest('expand', before)).toEqual(flows);
    expect(names(shops)).toEqual(shops.map(() => ['prepare', 'join']));
    expect(
      names(stores)
        .map((steps) => steps.join())
        .sort(),
    ).toEqual(['fill,fill,serve,report', 'fill,serve,report']);
    await shrinkToNone();
  });

  it('go on when somebody skips a host of the needed pool, and end together', async () => {
    let before = await lastFlow();
    await onAll(stores, 'touch fail-serve');
    await have(2);
    let flows = await newest('expand', before);
    await untilFailed(flows[1]);
    const [skipped] = await rollouts.hosts(flows[1]);
    await skipHost(rollouts.services, rollouts.caller, skipped!.id);
    await untilDone(flows);
    // There is enough for one.
    expect(when(shops, 'join-done')).toHaveLength(1);
    expect(await rollouts.states(flows[0])).toEqual([2, 3]);
    expect(names(stores)).toEqual(stores.map(() => ['fill', 'serve']));
    await shrinkToNone();

    before = await lastFlow();
    await onAll(machines.hosts, 'rm -f ran fail-*; touch wait-fill');
    await have(2);
    flows = await newest('expand', before);
    await untilRan(shops, 'prepare-done');
    await untilRan(stores, 'fill');
    await stopFlow(rollouts.services, rollouts.caller, flows[0]);
    for (const flow of flows) await rollouts.untilEnded(flow);

    expect(await Promise.all(flows.map((flow) => rollouts.states(flow)))).toEqual([
      [4, 4],
      [4, 4],
    ]);
    await onAll(stores, 'rm wait-fill');
    expect(names(shops)).toEqual([['prepare'], ['prepare']]);
    expect(names(stores)).toEqual([['fill'], ['fill']]);
  });
});
