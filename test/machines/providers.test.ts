import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { expandPool } from '../../rollouts/pools/expand';
import { shrinkPool } from '../../rollouts/pools/shrink';
import { seal } from '../../secrets/token';
import { SshWorld } from '../activities/hosts/support';
import { Rollouts } from '../support/flows';
import { openProviderServer, type ProviderServer } from '../support/provider-server';
import { onMachines, readOn } from './support';

const FOLDER = '/root/front';
const FILE = `${FOLDER}/shop.conf`;
const CONFIG = `${FOLDER}/nginx.conf`;
const SETTINGS = `
pid ${FOLDER}/pid;
error_log ${FOLDER}/errors;
events {}
http {
  access_log off;
  include ${FOLDER}/shop.conf;
  server { listen 127.0.0.1:8100; location / { proxy_pass http://shop; } }
}
`;
const NAMES = ['GANTRY_VM_PROVIDER', 'GANTRY_SD_PROVIDER', 'GANTRY_NGINX_UPSTREAMS', 'GANTRY_HTTP_ALLOW'];

onMachines('a pool whose hosts are real ones', 'namespaces', () => {
  let machines: Machines;
  let one: Machine;
  let front: Machine;
  let world: SshWorld;
  let rollouts: Rollouts;
  let server: ProviderServer;
  let allowed: string;

  beforeAll(async () => {
    machines = await openMachines({ count: 2 });
    [one, front] = machines.hosts as [Machine, Machine];
    world = await SshWorld.open();
    rollouts = await Rollouts.in(world.gantry, world.project.projectId);
    server = await openProviderServer();
    allowed = machines.hosts.map(({ address }) => address).join();
  });

  afterEach(async () => {
    await world.gantry.stopWorker();
    for (const name of NAMES) delete process.env[name];
  });

  afterAll(async () => {
    await world?.close();
    await server?.close();
    await machines?.close();
  });

  async function loginTo({ userKey }: Machine): Promise<number> {
    const secret = JSON.stringify({ private_key: seal(userKey, world.project.projectId) });
    return world.project.credential({ kind: 'private_key', secret });
  }

  async function hostOf(machine: Machine, tags: string[] = []): Promise<number> {
    const { address, port, user, keys } = machine;
    const profile = { login_user: user, credential_id: await loginTo(machine) };
    return world.host({ address, port, keys, profile, host: { tags } });
  }

  /** A pool that has a host of somebody's, with templates for expand and shrink. */
  async function pool(): Promise<number> {
    const { db } = world.gantry;
    const id = await rollouts.pool([await world.project.host()]);
    const template = async (...steps: string[]) => {
      const row = { project_id: world.project.projectId, name: `${steps} of ${id}` };
      const made = await db.insertInto('rollout_templates').values(row).returning('id').executeTakeFirstOrThrow();
      const rows = steps.map((name, place) => ({ template_id: made.id, place, name, values: '{}' }));
      await db.insertInto('rollout_template_steps').values(rows).execute();
      return made.id;
    };
    const expand_template = await template('create_vm', 'register');
    const shrink_template = await template('unregister', 'return_vm');
    await db
      .updateTable('pools')
      .set({ expand_template, shrink_template, vm_type: 1, sd_id: 1 })
      .where('id', '=', id)
      .execute();
    return id;
  }

  const provided = (poolId: number) =>
    world.gantry.db
      .selectFrom('pool_hosts')
      .innerJoin('hosts', 'hosts.id', 'pool_hosts.host_id')
      .select(['hosts.id', 'address', 'provider', 'status'])
      .where('pool_id', '=', poolId)
      .where('provider', '<>', '')
      .execute();

  async function expand(poolId: number): Promise<void> {
    const { flowId } = await expandPool(rollouts.services, { ...rollouts.caller, poolId, num: 1 });
    await rollouts.untilState(flowId, 2, 240_000);
    await rollouts.untilEnded(flowId);
  }

  async function shrink(poolId: number): Promise<void> {
    const { flowId } = await shrinkPool(rollouts.services, { ...rollouts.caller, poolId, nodes: [one.address] });
    await rollouts.untilState(flowId, 2, 240_000);
    await rollouts.untilEnded(flowId);
  }

  it('takes a spare host and gives it back, and has nginx serve it meanwhile', async () => {
    process.env.GANTRY_VM_PROVIDER = 'spare:spare';
    process.env.GANTRY_SD_PROVIDER = 'nginx';
    const upstream = { hosts: [front.address], file: FILE, upstream: 'shop', port: 8080, config: CONFIG };
    process.env.GANTRY_NGINX_UPSTREAMS = JSON.stringify({ 1: upstream });
    await front.shell(`mkdir -p ${FOLDER}; cat >${CONFIG} <<'END'\n${SETTINGS}\nEND\n
      printf 'upstream shop {\\n    server 127.0.0.1:1;\\n}\\n' >${FILE}; nginx -c ${CONFIG}`);
    const spare = await hostOf(one, ['spare']);
    await hostOf(front);
    const poolId = await pool();
    await world.gantry.startWorker({}, allowed);

    await expand(poolId);
    expect(await provided(poolId)).toEqual([{ id: spare, address: one.address, provider: 'spare', status: 2 }]);
    expect(readOn(front, FILE)).toBe(`upstream shop {\n    server 127.0.0.1:1;\n    server ${one.address}:8080;\n}\n`);

    await shrink(poolId);
    expect(await provided(poolId)).toEqual([]);
    expect(readOn(front, FILE)).toBe('upstream shop {\n    server 127.0.0.1:1;\n}\n');
    const left = await world.gantry.db.selectFrom('hosts').select('provider').where('id', '=', spare).execute();
    expect(left).toEqual([{ provider: '' }]);
    await front.shell(`nginx -c ${CONFIG} -s stop`);
  });

  it('gets a machine of a manager, whose first key is pinned, and loses it when that is gone', async () => {
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    process.env.GANTRY_VM_PROVIDER = server.url;
    process.env.GANTRY_SD_PROVIDER = server.url;
    server.made.addresses = [one.address];
    const profile = { login_user: one.user, credential_id: await loginTo(one), port: one.port };
    await world.project.profile({ ...profile, is_default: true, host_key_policy: 'first_use' });
    const poolId = await pool();
    await world.gantry.startWorker({}, allowed);

    await expand(poolId);
    const [host] = await provided(poolId);
    expect(host).toMatchObject({ address: one.address, provider: 'http', status: 2 });
    const keys = await world.gantry.db
      .selectFrom('host_keys')
      .select(['source', 'added_by'])
      .where('host_id', '=', host!.id)
      .execute();
    expect(keys).toEqual([{ source: 'first_use', added_by: 'admin' }]);
    expect([...server.registered.get(1)!]).toEqual([one.address]);

    const gone = setInterval(() => server.settle(), 1_000);
    await shrink(poolId).finally(() => clearInterval(gone));
    expect([...server.registered.get(1)!]).toEqual([]);
    expect(await world.gantry.db.selectFrom('hosts').select('id').where('id', '=', host!.id).execute()).toEqual([]);
    const paths = server.received
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
    expect(paths).toEqual([
      'POST /v1/cluster/1/expand/1',
      'POST /v1/adaptor/auto_alteration/add/',
      'POST /v1/adaptor/auto_alteration/remove/',
      'DELETE /v1/instance/i-1',
    ]);
  });
});
