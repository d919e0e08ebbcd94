import request from '../data/examples/fast_create_task.request.json';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { openReceiver, type Receiver } from '../support/receiver';
import { sketch } from '../support/trees';
import { WorkerProcess } from '../support/worker-process';

/** Local requests are allowed only where a test says so. */
const ENV = { GANTRY_HTTP_ALLOW: '127.0.0.1' };

describe('a worker that is killed', () => {
  let gantry: Gantry;
  let worker: WorkerProcess;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  beforeEach(async () => {
    worker = await WorkerProcess.start(gantry.databaseUrl, ENV);
  });

  afterEach(() => worker.kill('SIGTERM'));

  afterAll(() => gantry.stop());

  it('in the middle of the example task leaves it where it was: it finishes, and every node ran once', async () => {
    const tree = structuredClone(request.pipeline_tree);
    tree.constants['${bk_timing}'].value = '20';
    const { task_id } = await gantry.create(tree);
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => Object.values(children).some(({ waiting_for }) => waiting_for));

    await worker.kill('SIGKILL');
    worker = await WorkerProcess.start(gantry.databaseUrl, ENV);

    await gantry.untilState(task_id, 'FINISHED', 90_000);
    const rows = await gantry.db
      .selectFrom('node_executions')
      .select(['node_id', 'loop', 'retry', 'status'])
      .where('task_id', '=', task_id)
      .execute();
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map(({ node_id }) => node_id)).size).toBe(6);
    expect(rows.every(({ loop, retry, status }) => loop === 1 && retry === 0 && status === 'FINISHED')).toBe(true);
  }, 120_000);

  it('during a GET repeats it', async () => {
    const server = await openHanging();
    const { task_id } = await gantry.create(httpTree('GET', server.url));
    await gantry.start(task_id);
    await eventually('it is asked', () => server.received.length > 0);

    await worker.kill('SIGKILL');
    worker = await WorkerProcess.start(gantry.databaseUrl, ENV);

    await gantry.untilState(task_id, 'FINISHED', 60_000);
    expect(server.received).toHaveLength(2);
    await server.close();
  }, 180_000);

  it('during a POST does not repeat it: the outcome is unknown, and an operator decides', async () => {
    const server = await openHanging();
    const { task_id, pipeline_tree } = await gantry.create(httpTree('POST', server.url));
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    await eventually('it is asked', () => server.received.length > 0);

    await worker.kill('SIGKILL');
    worker = await WorkerProcess.start(gantry.databaseUrl, ENV);

    await gantry.untilState(task_id, 'FAILED', 60_000);
    expect(server.received).toHaveLength(1);
    const { data } = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`);
    expect(data.ex_data).toContain('outcome unknown');
    await gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action: 'retry' });
    await gantry.untilState(task_id, 'FINISHED', 60_000);
    expect(server.received).toHaveLength(2);
    await server.close();
  }, 180_000);
});

function httpTree(method: string, url: string) {
  return sketch({
    chains: ['S a E'],
    activities: {
      a: {
        code: 'bk_http_request',
        inputs: { bk_http_request_method: method, bk_http_request_url: url, bk_http_timeout: 60 },
      },
    },
  });
}

/** A server that never answers its first request, and all others at once. */
async function openHanging(): Promise<Receiver> {
  const receiver: Receiver = await openReceiver((_, response) => {
    if (receiver.received.length > 1) response.end('{"ok": true}');
  });
  return receiver;
}
