import { eventually } from '../../support/eventually';
import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';

/** Hosts of an expand for which no machine could be had (orion §4, §6). */
describe('a host whose machine never came', () => {
  let gantry: Gantry;
  let orion: OrionClient;

  beforeAll(async () => {
    process.env.GANTRY_VM_PROVIDER = 'spare:none-has-it';
    process.env.GANTRY_SD_PROVIDER = 'http://127.0.0.1:9';
    gantry = await Gantry.create();
    await gantry.startWorker();
    orion = new OrionClient(gantry);
  });

  afterAll(async () => {
    delete process.env.GANTRY_VM_PROVIDER;
    delete process.env.GANTRY_SD_PROVIDER;
    await gantry.stop();
  });

  const template = (name: string, ...steps: string[]) =>
    orion.dataOf('/task_tpl/create', { name, steps: steps.map((step) => ({ name: step, param_values: {} })) });

  const flowOf = async (kind: string) => {
    const flow = gantry.db
      .selectFrom('flows')
      .select('id')
      .where('kind', '=', kind as 'expand');
    return (await flow.executeTakeFirstOrThrow()).id;
  };

  const until = (id: number, isWanted: (task: { state: number; canceled: boolean }) => boolean) =>
    eventually(`task ${id} has come so far`, async () => (await orion.get(`/task/${id}`)).data, {
      isWanted,
      withinMs: 120_000,
    });

  it('is got rid of by the steps of any shrink, without a word to anybody', async () => {
    const action_id = await orion.dataOf('/action/create', { name: 'halt', params: {} });
    const script = { action: { module: 'shell', args: 'exit 1' } };
    await orion.dataOf('/actimpl/create', { action_id, type: 'ansible', template: script });
    await orion.dataOf('/remote_step/create', { name: 'stop_service', actions: ['halt'] });
    const cluster_id = await orion.dataOf('/cluster/create', { name: 'c' });
    const service_id = (await orion.dataOf('/service/create', { name: 's', docker_image: 'i', cluster_id })).id;
    const tasks = {
      expand: await template('grow', 'create_vm', 'register'),
      shrink: await template('less', 'unregister', 'stop_service', 'return_vm'),
    };
    const { id } = await orion.dataOf('/pool/create', { name: 'p', vm_type: 1, sd_id: 1, service_id, tasks });

    await orion.dataOf(`/pool/expand/${id}`, { num: 1 });
    const expand = await flowOf('expand');
    await until(expand, ({ state }) => state === 3);
    await orion.dataOf(`/task/stop/${expand}`);
    await until(expand, ({ canceled }) => canceled);
    const [host] = await orion.dataOf(`/pool/${id}/list_nodes`);
    expect(host).toMatchObject({ ip: String(host.id) });

    await orion.dataOf(`/pool/shrink/${id}`, { nodes: [String(host.id)] });
    const shrink = await flowOf('shrink');
    expect(await until(shrink, ({ state }) => state === 2 || state === 3)).toMatchObject({ stat: [0, 0, 1, 0, 0] });
    expect(await orion.dataOf(`/pool/${id}/list_nodes`)).toEqual([]);
    const said = (await orion.dataOf(`/task/${shrink}/log`)).map(({ message }: { message: string }) => message);
    expect(said).toEqual(
      expect.arrayContaining([
        'finish running step unregister: 1 ok',
        'finish running step stop_service: 1 skipped',
        'finish running step return_vm: 1 ok',
      ]),
    );
  });
});
