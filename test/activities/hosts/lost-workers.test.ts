import type { Socket } from 'node:net';
import { Probes } from '../../../temporal/probes';
import type { TestServer } from '../../hosts/ssh/server';
import { eventually } from '../../support/eventually';
import { WorkerProcess } from '../../support/worker-process';
import { SshWorld } from './support';

describe('a test of a host, while its worker goes away', () => {
  let world: SshWorld;
  let server: TestServer;
  let host: number;
  /** Whether the host says nothing to who connects. */
  let isMute = true;

  beforeAll(async () => {
    world = await SshWorld.open();
    server = await world.serve({
      onSocket(socket: Socket) {
        // Otherwise nobody would hear that it is closed.
        if (isMute) socket.resume();
        return isMute;
      },
    });
    host = await world.host({ server, profile: { connect_timeout_ms: 60_000 } });
    const { client, installation, services } = world.gantry;
    services.probes = new Probes(client, installation, { waitMs: 1_000 });
  });

  beforeEach(() => {
    isMute = true;
  });

  afterAll(() => world.close());

  const startProcess = () => WorkerProcess.start(world.gantry.databaseUrl, { GANTRY_HOSTS_ALLOW: '127.0.0.0/8' });
  const look = async (id: number) => (await world.v1.get(world.at(`/probes/${id}`))).data;

  async function askTheMute(): Promise<number> {
    const before = server.accepted;
    const { status, data } = await world.v1.post(world.at('/hosts/test'), { host_ids: [host] });
    expect(status).toBe(202);
    await eventually('it is dialled', () => server.accepted > before);
    isMute = false;
    return data.probe_id;
  }

  const untilEnded = (id: number) =>
    eventually('it has ended', () => look(id), { isWanted: ({ state }) => state !== 'running', withinMs: 120_000 });

  it('is done by the next one, when that is killed', async () => {
    const first = await startProcess();
    const id = await askTheMute();
    await first.kill('SIGKILL');
    const second = await startProcess();

    const done = await untilEnded(id);
    await second.kill('SIGTERM');

    expect(done).toMatchObject({ state: 'done', hosts: [{ host_id: host, ok: true }] });
  });

  it('is done by the next one, when that is stopped', async () => {
    await world.gantry.startWorker({}, '127.0.0.0/8');
    const id = await askTheMute();
    await world.gantry.stopWorker();
    expect(await look(id)).toMatchObject({ state: 'running' });
    await world.gantry.startWorker({}, '127.0.0.0/8');

    const done = await untilEnded(id);

    expect(done).toMatchObject({ state: 'done', hosts: [{ host_id: host, ok: true }] });
    expect(server.connections).toBe(1);
  });

  it('leaves no connection behind, when the worker is stopped', async () => {
    await world.gantry.stopWorker();

    await eventually('all connections are closed', () => server.connections === 0);
  });
});
