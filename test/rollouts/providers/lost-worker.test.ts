import { retryHost } from '../../../rollouts/flows/hosts';
import { startFlow } from '../../../rollouts/flows/start';
import { expandPool } from '../../../rollouts/pools/expand';
import { eventually } from '../../support/eventually';
import { Rollouts } from '../../support/flows';
import { Gantry } from '../../support/gantry';
import { openProviderServer, type ProviderServer } from '../../support/provider-server';
import { addSshProject } from '../../support/ssh-inventory';
import { WorkerProcess } from '../../support/worker-process';

describe('a worker that is lost after it has asked for machines', () => {
  let gantry: Gantry;
  let server: ProviderServer;
  const workers: WorkerProcess[] = [];

  beforeAll(async () => {
    gantry = await Gantry.create();
    server = await openProviderServer();
    process.env.GANTRY_VM_PROVIDER = server.url;
  });

  afterAll(async () => {
    delete process.env.GANTRY_VM_PROVIDER;
    for (const worker of workers) await worker.kill('SIGKILL');
    await server?.close();
    await gantry?.stop();
  });

  it('has nobody ask again but for a host that somebody names', async () => {
    const project = await addSshProject(gantry.db);
    const rollouts = await Rollouts.in(gantry, project.projectId);
    const poolId = await rollouts.pool([await project.host()]);
    const names = { project_id: project.projectId, name: 'expand' };
    const template = await gantry.db
      .insertInto('rollout_templates')
      .values(names)
      .returning('id')
      .executeTakeFirstOrThrow();
    const steps = ['create_vm', 'echo_step'].map((name, place) => ({
      template_id: template.id,
      place,
      name,
      values: '{"name": "x"}',
    }));
    await gantry.db.insertInto('rollout_template_steps').values(steps).execute();
    await gantry.db
      .updateTable('pools')
      .set({ expand_template: template.id, vm_type: 1 })
      .where('id', '=', poolId)
      .execute();
    const env = { GANTRY_VM_PROVIDER: server.url, GANTRY_HTTP_ALLOW: '127.0.0.1' };
    const asked = () => server.asked('POST', '/v1/cluster/').map(({ path }) => path);
    server.mood = 'is silent';

    const first = await WorkerProcess.start(gantry.databaseUrl, env);
    workers.push(first);
    const { flowId } = await expandPool(rollouts.services, { ...rollouts.caller, poolId, num: 2 });
    await eventually('it has asked', async () => asked().length === 1, { withinMs: 60_000 });
    await first.kill('SIGKILL');
    server.mood = 'refuses';
    workers.push(await WorkerProcess.start(gantry.databaseUrl, env));
    await rollouts.untilState(flowId, 3, 120_000);

    const hosts = await rollouts.hosts(flowId);
    expect(hosts.map(({ outcome }) => outcome)).toEqual(['lost', 'lost']);
    expect(hosts[0]!.reason).toMatch(/^outcome unknown: /);
    await startFlow(rollouts.services, rollouts.caller, flowId);
    await rollouts.untilState(flowId, 3, 120_000);

    await retryHost(rollouts.services, rollouts.caller, hosts[0]!.id);
    await eventually('it has asked again', async () => asked().length >= 2, { withinMs: 60_000 });
    expect(asked()).toEqual(['/v1/cluster/1/expand/2', '/v1/cluster/1/expand/1']);
  });
});
