import { createApp } from '../../../api/app';
import { parseLegacy } from '../../../api/legacy';
import { type HomeHost, linesOf, put, RolloutWorld, remove } from '../../rollouts/support';
import { ApiClient, CREDENTIALS } from '../../support/client';
import { eventually } from '../../support/eventually';
import { listen } from '../../support/http-server';
import { OrionClient } from '../../support/orion';
import { openProviderServer, type ProviderServer } from '../../support/provider-server';

/** What the web client does by POST; all else it does by GET (orion §0). */
const POSTED =
  /\/(create|start|stop_sub|report|update|delete|expand|shrink|deploy|add_nodes|remove_nodes|expandList|uploadList|saveTask)(\/|$)/;
const USER = 'zhang';
const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
const SPARE = '127.0.0.9';

const greeting = `echo "{{word}}" >> "$HOME/ran"
echo "said {{word}}"
while [ -e "$HOME/hold" ]; do sleep 0.05; done
test ! -e "$HOME/fail"`;

/** The original's web client, as a user clicks through it, by HTTP and against hosts (orion §0, "UI"). */
describe("a walk through the original's web client", () => {
  let world: RolloutWorld;
  let machines: ProviderServer;
  let server: Awaited<ReturnType<typeof listen>>;
  let web: OrionClient;
  let hosts: HomeHost[];
  let spare: HomeHost;
  const ids: Record<string, number> = {};

  beforeAll(async () => {
    machines = await openProviderServer();
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    process.env.GANTRY_VM_PROVIDER = 'spare:spare';
    process.env.GANTRY_SD_PROVIDER = machines.url;
    world = await RolloutWorld.open();
    const { services } = world.gantry;
    // It says who uses it and nothing else: it is known by where it is.
    const orionLegacy = parseLegacy(`${CREDENTIALS.app_code}@127.0.0.0/8=${world.world.project.projectId}`);
    server = await listen(createApp({ services, orionLegacy }));
    web = new OrionClient(ApiClient.at(`http://127.0.0.1:${server.port}`), {
      Accept: 'application/json',
      Authorization: USER,
      'X-CORRELATION-ID': 'walk-1',
      'X-Bkapi-Authorization': '',
    });
    hosts = [];
    for (const address of ADDRESSES) hosts.push(await world.hostAt(address));
    spare = await world.hostAt(SPARE, ['spare']);
  });

  afterAll(async () => {
    for (const name of ['GANTRY_HTTP_ALLOW', 'GANTRY_VM_PROVIDER', 'GANTRY_SD_PROVIDER']) delete process.env[name];
    await server.close();
    await world.close();
    await machines.close();
  });

  /** One click: the whole answer, once it is a success with data. */
  async function click(path: string, body?: object) {
    const verb = POSTED.test(path.split('?')[0]!) ? 'POST' : 'GET';
    const answer = await web.with({ 'X-HTTP-Method-Override': verb }).send(verb, path, body);
    expect([path, answer]).toEqual([path, expect.objectContaining({ status: 200, code: 0, msg: 'success' })]);
    expect(answer.data).toEqual(expect.anything());
    return answer;
  }

  /** The data of it. */
  const see = async (path: string, body?: object) => (await click(path, body)).data;

  /** A list as tables show it, with what the pages below it need. */
  async function table(path: string, query = 'page=1&page_size=20') {
    const answer = await click(`${path}?${query}`);
    expect(answer).toMatchObject({ page: 1, page_size: 20, query_count: answer.data.length });
    return answer.data;
  }

  const addressesOf = (nodes: { ip: string }[] = []) => nodes.map(({ ip }) => ip);

  /** Until a task is so in the list of tasks. */
  function untilTask(id: number, wanted: object) {
    return eventually(`task ${id} is ${JSON.stringify(wanted)}`, () => see(`/task/${id}`), {
      isWanted: (task) => Object.entries(wanted).every(([name, value]) => String(task[name]) === String(value)),
      withinMs: 60_000,
    });
  }

  /** Until these nodes of a task are in a state and at a step, which is what the page of a task is drawn of. */
  function untilNodes(id: number, state: number, addresses: string[]) {
    return eventually(`nodes ${addresses} of task ${id} are ${state}`, () => see(`/task/${id}/detail`), {
      isWanted: ({ [state]: nodes = [] }) =>
        String(addressesOf(nodes).sort()) === String(addresses) &&
        nodes.every(({ steps }: { steps: string }) => steps !== '[]'),
      withinMs: 60_000,
    });
  }

  const newTask = async (name: string, more: object = {}): Promise<number> => {
    await see('/task/create', {
      ...{ template_id: ids.template, task_name: name, timeout: 600, auto: 1, max_ratio: 100, max_num: 2 },
      ...{ opr_user: USER, nodes: ADDRESSES.map((ip) => ({ ip })), params: {} },
      ...more,
    });
    const [task] = await table('/task/list', `page=1&page_size=20&name=${encodeURIComponent(name)}`);
    expect(task).toMatchObject({ task_name: name, opr_user: USER });
    return task.id;
  };

  it('makes a cluster and a service', async () => {
    expect(await table('/cluster/list')).toEqual([]);
    ids.cluster = await see('/cluster/create', { name: 'shop', desc: '商店', biz: 'web' });
    expect(await table('/cluster/list')).toEqual([{ id: ids.cluster, name: 'shop', desc: '商店', biz: 'web' }]);
    expect(await table('/cluster/list', 'page=1&page_size=20&name=nothing')).toEqual([]);
    await see(`/cluster/update/${ids.cluster}`, { id: ids.cluster, name: 'shop', desc: 'all of it', biz: 'web' });
    expect(await see(`/cluster/${ids.cluster}`)).toEqual({
      id: ids.cluster,
      name: 'shop',
      desc: 'all of it',
      biz: 'web',
    });

    const service = {
      name: 'cart',
      desc: '',
      service_type: 'Java',
      docker_image: 'shop/cart:1',
      cluster_id: ids.cluster,
    };
    ids.service = (await see('/service/create', service)).id;
    const shown = { id: ids.service, ...service, desc: 'the cart' };
    await see(`/service/update/${ids.service}`, shown);
    expect(await table(`/cluster/${ids.cluster}/list_services`)).toEqual([shown]);
    expect(await see(`/service/${ids.service}`)).toEqual(shown);
  });

  it('makes an action, what it runs, a step of it, and templates', async () => {
    ids.action = await see('/action/create', { name: 'greet', desc: 'says a word', params: { word: 'string' } });
    const template = { action: { module: 'longscript', content: greeting } };
    await see('/actimpl/create', { action_id: ids.action, type: 'ansible', template });
    expect(await see(`/actimpl/${ids.action}`)).toMatchObject({ action_id: ids.action, type: 'ansible', template });
    expect(await table('/action/list')).toEqual([await see(`/action/${ids.action}`)]);
    await see(`/actimpl/update/${ids.action}`, { action_id: ids.action, type: 'ansible', template });
    await see(`/action/update/${ids.action}`, { name: 'greet', desc: 'says it', params: { word: 'string' } });

    const start = await see('/action/create', { name: 'start', desc: '', params: { tag: 'string' } });
    const starting = { action: { module: 'shell', args: 'echo "image {{tag}}" >> "$HOME/ran"' } };
    await see('/actimpl/create', { action_id: start, type: 'ansible', template: starting });
    ids.step = await see('/remote_step/create', { name: 'greeting', desc: '', actions: ['greet'] });
    await see('/remote_step/create', { name: 'start_service_cart', desc: '', actions: ['start'] });
    expect(await see(`/remote_step/${ids.step}`)).toEqual({
      id: ids.step,
      name: 'greeting',
      desc: '',
      actions: ['greet'],
    });
    expect((await table('/remote_step/list')).length).toBe(2);
    const steps = await see('/task_step/list');
    expect(steps.find(({ name }: { name: string }) => name === 'greeting')).toEqual({
      ...{ id: 0, name: 'greeting', desc: '', type: 'remote', params: { word: 'string' } },
    });

    const retry = { retry_times: 0, ignore_error: false };
    const made = (name: string, ...steps: [string, object][]) =>
      see('/task_tpl/create', {
        name,
        desc: '',
        steps: steps.map(([name, param_values]) => ({ name, param_values, retry })),
      });
    ids.template = await made('rollout', ['greeting', { word: 'hello' }], ['echo_step', { name: 'done' }]);
    ids.expand = await made(
      'more',
      ['create_vm', { vm_type_id: 1 }],
      ['start_service_cart', { tag: '' }],
      ['register', { service_discovery_id: 1 }],
    );
    ids.shrink = await made('less', ['unregister', { service_discovery_id: 1 }], ['return_vm', { vm_type_id: 1 }]);
    ids.deploy = await made('deploy', ['start_service_cart', { tag: '' }]);
    const shown = await see(`/task_tpl/${ids.template}`);
    expect(shown.steps).toEqual([
      { name: 'greeting', param_values: { word: 'hello' }, retry },
      { name: 'echo_step', param_values: { name: 'done' }, retry },
    ]);
    await see(`/task_tpl/update/${ids.template}`, { ...shown, desc: 'says hello' });
    expect((await table('/task_tpl/list')).map(({ id }: { id: number }) => id)).toEqual([
      ids.deploy,
      ids.shrink,
      ids.expand,
      ids.template,
    ]);
  });

  it('makes a pool and puts hosts into it', async () => {
    const tasks = { expand: ids.expand, shrink: ids.shrink, deploy: ids.deploy };
    const pool = { name: 'cart pool', desc: '', vm_type: 1, sd_id: 1, service_id: ids.service };
    ids.pool = (await see('/pool/create', { ...pool, tasks: { expand: 0, shrink: 0, deploy: 0 } })).id;
    ids.needed = (await see('/pool/create', { ...pool, name: 'needed', tasks })).id;
    await see(`/pool/update/${ids.pool}`, { ...pool, id: ids.pool, desc: 'carts', tasks });
    const shown = { ...pool, id: ids.pool, desc: 'carts', tasks, node_count: 0, is_bedepen: 0, is_hascron: 0 };
    expect(await see(`/pool/${ids.pool}`)).toMatchObject(shown);

    expect(await see(`/pool/${ids.pool}/add_nodes`, { nodes: ADDRESSES })).toEqual(hosts.map(({ id }) => id));
    expect(await table(`/pool/${ids.pool}/list_nodes`)).toEqual(
      ADDRESSES.map((ip, at) => ({
        id: hosts[at]!.id,
        ip,
        vm_id: '',
        status: 0,
        node_type: 'manual',
        vnode_type: 'manual',
      })),
    );
    expect(addressesOf(await table(`/pool/${ids.pool}/list_nodes`, 'page=1&page_size=20&ip=0.0.4'))).toEqual([
      '127.0.0.4',
    ]);
    expect((await table(`/service/${ids.service}/list_pools`))[0]).toMatchObject({ ...shown, node_count: 4 });
    expect(await see(`/pool/search_by_ip/127.0.0.2,${SPARE}`)).toEqual({ '127.0.0.2': ids.pool, [SPARE]: -1 });
    expect((await table('/pool/list')).map(({ id }: { id: number }) => id)).toEqual([ids.needed, ids.pool]);
  });

  it('makes a task, pauses it, has it go on, ends one of its nodes and tries that again', async () => {
    for (const host of hosts) put(host, 'hold');
    const task = await newTask('first rollout');
    await untilNodes(task, 1, ADDRESSES.slice(0, 2));
    await see(`/task/pause/${task}`);
    for (const host of hosts.slice(0, 2)) remove(host, 'hold');
    const paused = await untilTask(task, { state: 4, stat: [2, 2, 0, 0, 0] });
    expect(paused).toMatchObject({
      ...{ template_id: ids.template, template_name: 'rollout', pool_name: 'cart pool', step_len: 2 },
      ...{ Status: 4, Stat: [2, 2, 0, 0, 0], options: [{ name: 'greeting' }, { name: 'echo_step' }] },
    });
    expect(new Date(paused.created).getTime()).toBeLessThanOrEqual(new Date(paused.updated).getTime());

    await see(`/task/start/${task}`);
    const byState = await untilNodes(task, 1, ADDRESSES.slice(2));
    expect(addressesOf(byState[2]).sort()).toEqual(ADDRESSES.slice(0, 2));
    const [third] = byState[1].filter(({ ip }: { ip: string }) => ip === ADDRESSES[2]);
    expect(third).toMatchObject({ state: 1, steps: 'greeting', pool_name: 'cart pool', Created: expect.any(String) });
    await see(`/task/stop_sub/${third.id}`);
    remove(hosts[3]!, 'hold');
    await untilTask(task, { state: 2, stat: [0, 0, 3, 0, 1] });
    await world.rollouts.untilEnded(task);
    remove(hosts[2]!, 'hold');
    await see(`/task/node/${third.id}/retry`);
    await untilTask(task, { state: 2, stat: [0, 0, 4, 0, 0] });

    const lines = await see(`/task/flow/${task}/log`);
    expect(lines[0]).toMatchObject({
      fid: task,
      batch_id: 0,
      correlation_id: `${task}-0`,
      message: expect.any(String),
    });
    expect(lines.every(({ ctime }: { ctime: number }) => ctime > 1_500_000_000)).toBe(true);
    const log = await see(`/task/node/${byState[2][0].id}/log`);
    expect(log).toEqual([{ greeting: 'said hello\n' }, { echo_step: 'done\n' }]);
    expect(hosts.map((host) => linesOf(host))).toEqual([['hello'], ['hello'], ['hello', 'hello'], ['hello']]);
  });

  it('sees which nodes have failed, and skips one or tries all again', async () => {
    put(hosts[0]!, 'fail');
    put(hosts[1]!, 'fail');
    const task = await newTask('second rollout', { max_num: 4 });
    await untilTask(task, { state: 2, stat: [0, 0, 2, 2, 0] });
    await world.rollouts.untilEnded(task);
    const { 3: failed } = await see(`/task/${task}/detail`);
    expect(addressesOf(failed).sort()).toEqual(ADDRESSES.slice(0, 2));
    expect(
      addressesOf(
        (await table(`/pool/${ids.pool}/list_nodes`)).filter(({ status }: { status: number }) => status === 3),
      ),
    ).toEqual(ADDRESSES.slice(0, 2));
    await see(`/task/node/${failed[0].id}/skip`);
    await untilTask(task, { state: 2, stat: [0, 0, 3, 1, 0] });
    for (const host of hosts) remove(host, 'fail');
    await see(`/task/start/${task}`);
    await untilTask(task, { state: 2, stat: [0, 0, 4, 0, 0] });
  });

  it('ends a task, with what it runs, and says why it cannot be ended twice', async () => {
    for (const host of hosts) put(host, 'hold');
    const task = await newTask('third rollout', { max_num: 4, auto: 0 });
    await untilNodes(task, 1, ADDRESSES);
    const refused = async (path: string) => {
      const verb = POSTED.test(path) ? 'POST' : 'GET';
      return web.with({ 'X-HTTP-Method-Override': verb }).send(verb, path);
    };
    expect(await refused(`/task/start/${task}`)).toMatchObject({
      ...{ status: 400, code: 400, data: {} },
      msg: `start task ${task} fails： Flow third rollout is in state running: 1 do not start`,
    });
    await see(`/task/stop/${task}`);
    await untilTask(task, { state: 2, canceled: true, stat: [0, 0, 0, 0, 4] });
    await world.rollouts.untilEnded(task);
    expect(await refused(`/task/stop/${task}`)).toMatchObject({
      msg: `stop flow ${task} fails: Flow third rollout already finished`,
    });
    for (const host of hosts) remove(host, 'hold');
  });

  it('has the pool grow, deploys to it and has it shrink', async () => {
    await see(`/pool/expand/${ids.pool}`, { num: 1 });
    const [grown] = await table('/task/list', 'page=1&page_size=20&name=expand_cart');
    await untilTask(grown.id, { state: 2, stat: [0, 0, 1, 0, 0] });
    await world.rollouts.untilEnded(grown.id);
    const nodes = await table(`/pool/${ids.pool}/list_nodes`);
    expect(nodes.at(-1)).toMatchObject({ id: spare.id, ip: SPARE, vm_id: String(spare.id), status: 2 });
    expect(linesOf(spare)).toEqual(['image shop/cart:1']);
    expect([...machines.registered.get(1)!]).toEqual([SPARE]);

    await see(`/pool/deploy/${ids.pool}`, { max_num: 5, tag: 'shop/cart:2', timeout: 60, auto: true, max_ratio: 100 });
    const [deployed] = await table('/task/list', 'page=1&page_size=20&name=deploy_cart');
    await untilTask(deployed.id, { state: 2, stat: [0, 0, 5, 0, 0] });
    await world.rollouts.untilEnded(deployed.id);
    expect(linesOf(spare)).toEqual(['image shop/cart:1', 'image shop/cart:2']);

    await see(`/pool/shrink/${ids.pool}`, { nodes: [SPARE] });
    const [shrunk] = await table('/task/list', 'page=1&page_size=20&name=shrink_cart');
    await untilTask(shrunk.id, { state: 2, stat: [0, 0, 1, 0, 0] });
    await world.rollouts.untilEnded(shrunk.id);
    expect(addressesOf(await table(`/pool/${ids.pool}/list_nodes`))).toEqual(ADDRESSES);
    expect([...machines.registered.get(1)!]).toEqual([]);
  });

  it('saves tasks of the pool, and reads them again', async () => {
    expect(await see(`/task/expandList/${ids.pool}`, {})).toEqual({ id: 0, cron_items: [], depend_items: [] });
    const time = {
      id: 0,
      exec_task_id: 0,
      instance_num: 0,
      week_day: 0,
      time: '03:00',
      ignore: 1,
      ConcurrRatio: 0,
      ConcurrNum: 0,
    };
    const needs = {
      id: 0,
      exec_task_id: 0,
      pool_id: ids.needed,
      ratio: 1,
      elastic_count: 0,
      step_name: 'register',
      ignore: 0,
    };
    const saved = { id: 0, pool_id: ids.pool, type: 'expand', exec_type: 'crontab' };
    expect(await see('/task/saveTask', { ...saved, cron_itmes: [time], depend_itmes: [needs] })).toBe(true);
    const task = await see(`/task/expandList/${ids.pool}`, {});
    expect(task).toMatchObject({
      ...{ id: expect.any(Number), type: 'expand', exec_type: 'crontab', pool: { id: ids.pool, name: 'cart pool' } },
      cron_items: [{ id: expect.any(Number), instance_num: 0, week_day: 0, time: '03:00', ignore: true }],
      depend_items: [{ pool: { id: ids.needed, name: 'needed' }, ratio: 1, elastic_count: 0, step_name: 'register' }],
    });
    const upload = { ...time, concurr_ratio: 50, concurr_num: 2 };
    expect(await see('/task/saveTask', { ...saved, type: 'upload', cron_itmes: [upload], depend_itmes: [] })).toBe(
      true,
    );
    expect(await see(`/task/uploadList/${ids.pool}`, {})).toMatchObject({
      cron_items: [{ concurr_ratio: 50, concurr_num: 2, time: '03:00' }],
    });
    expect(await see(`/pool/${ids.pool}`)).toMatchObject({ is_hascron: 1, is_bedepen: 0 });
    expect(await see(`/pool/${ids.needed}`)).toMatchObject({ is_hascron: 0, is_bedepen: 1 });
    expect(await see('/task/saveTask', { ...saved, id: task.id, cron_itmes: [], depend_itmes: [] })).toBe(true);
  });

  it('takes everything away again', async () => {
    await see(`/pool/${ids.pool}/remove_nodes`, { nodes: hosts.map(({ id }) => id) });
    expect(await table(`/pool/${ids.pool}/list_nodes`)).toEqual([]);
    for (const pool of [ids.pool, ids.needed]) await see(`/pool/delete/${pool}`);
    await see(`/service/delete/${ids.service}`);
    await see(`/cluster/delete/${ids.cluster}`);
    for (const { id } of await table('/task_tpl/list')) {
      const answer = await web.with({ 'X-HTTP-Method-Override': 'POST' }).post(`/task_tpl/delete/${id}`);
      expect(answer).toMatchObject({ status: 200, code: 0 });
    }
    for (const { id } of await table('/remote_step/list')) await see(`/remote_step/delete/${id}`);
    for (const { id } of await table('/action/list')) {
      await see(`/actimpl/delete/${id}`);
      await see(`/action/delete/${id}`);
    }
    for (const list of ['/cluster/list', '/pool/list', '/task_tpl/list', '/remote_step/list', '/action/list']) {
      expect(await table(list)).toEqual([]);
    }
    expect((await click('/actimpl/list')).query_count).toBe(0);
    expect((await click('/task/list?page=1&page_size=20')).query_count).toBe(6);
  });
});
