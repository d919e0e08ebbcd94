import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';
import { freePort, WorkerProcess } from '../support/worker-process';

describe('the metrics of a process', () => {
  let gantry: Gantry;
  const processes: WorkerProcess[] = [];

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(async () => {
    for (const one of processes) await one.kill('SIGKILL');
    await gantry.stop();
  });

  it('are those of the SDK, of a worker that is told where to show them', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    processes.push(await WorkerProcess.start(gantry.databaseUrl, { GANTRY_WORKER_METRICS: address }));
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'] }));
    await gantry.start(task_id);
    await gantry.untilEnded(task_id);

    await eventually('the workflow is counted', async () => {
      const text = await (await fetch(`http://${address}/metrics`)).text();
      return /^temporal_workflow_completed\{.*\} 1$/m.test(text);
    });
  });

  it('have what Node knows of an API, for who has the token', async () => {
    const port = await freePort();
    const token = 'a-token-of-enough-letters';
    const env = { GANTRY_PORT: String(port), GANTRY_METRICS_TOKEN: token };
    processes.push(await WorkerProcess.start(gantry.databaseUrl, env, 'api'));
    const ask = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/metrics`, { headers });

    const text = await (await ask({ Authorization: `Bearer ${token}` })).text();

    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(/^gantry_database_up 1$/m);
    expect((await ask({})).status).toBe(403);
  });
});
