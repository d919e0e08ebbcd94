import { createApp } from '../../../api/app';
import { openStreams } from '../../../api/open-streams';
import { readCursor } from '../../../db/changes';
import { appendLogs } from '../../../db/host-logs';
import { claimRuns, type HostRunRecord } from '../../../db/host-runs';
import { addCaller, addPlainApp } from '../../support/callers';
import { authorization, CALLER } from '../../support/client';
import { type ReadEvent, readEvents } from '../../support/event-reader';
import { eventually } from '../../support/eventually';
import { Gantry } from '../../support/gantry';
import { endRun, makeHostStep } from '../../support/host-steps';
import { listen } from '../../support/http-server';
import { sketch } from '../../support/trees';

describe('the events of a task', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  afterEach(() => eventually('all streams are closed', () => openStreams.count === 0));

  const stream = (path: string, headers: Record<string, string> = {}, stopping = new AbortController().signal) =>
    createApp({ services: gantry.services, stopping }).request(`/api/v1${path}`, {
      headers: { ...authorization(CALLER), ...headers },
    });

  async function place() {
    const stepId = await makeHostStep(gantry.db, 2);
    const { task_id, project_id } = await gantry.db
      .selectFrom('host_steps')
      .selectAll()
      .where('id', '=', stepId)
      .executeTakeFirstOrThrow();
    return { stepId, taskId: task_id, path: `/projects/${project_id}/tasks/${task_id}/events` };
  }

  /** Reads until an event is such, and keeps what was read. */
  async function until(events: AsyncGenerator<ReadEvent>, isLast: (event: ReadEvent) => boolean): Promise<ReadEvent[]> {
    const read: ReadEvent[] = [];
    for (;;) {
      const { value, done } = await events.next();
      if (done) throw new Error(`the stream ended after ${JSON.stringify(read)}`);
      read.push(value);
      if (isLast(value)) return read;
    }
  }

  it('are those of a task that runs, to its end, and then no more', async () => {
    const { task_id } = await gantry.create(sketch({ chains: ['S a b E'] }));
    const path = `/projects/1/tasks/${task_id}/events`;
    const events = readEvents(await stream(path));
    const first = await until(events, ({ event }) => event === 'task');
    await gantry.start(task_id);
    const rest = await until(events, ({ event }) => event === 'end');

    expect(first[0]).toMatchObject({ event: 'task', data: { id: task_id, state: 'CREATED', started_at: null } });
    const last = new Map(rest.filter(({ event }) => event === 'node').map(({ data }) => [data.id, data]));
    const states = await gantry.get(`/apigw/get_task_status/${task_id}/1/`);
    expect([...last.keys()].sort()).toEqual(Object.keys(states.data.children).sort());
    for (const node of last.values()) expect(node).toMatchObject({ state: 'FINISHED', loop: 1, attempt: 1 });
    expect(rest.at(-1)).toMatchObject({ data: { state: 'FINISHED' }, id: expect.any(String) });
    expect((await events.next()).done).toBe(true);
    expect((await stream(path, { 'Last-Event-ID': rest.at(-1)!.id! })).status).toBe(204);
    // Who has seen nothing is told everything.
    const again = await until(readEvents(await stream(path)), ({ event }) => event === 'end');
    expect(again.filter(({ event }) => event === 'node')).toHaveLength(last.size);
  });

  it('tell of hosts as they go on, from the cursor of a page that was loaded before', async () => {
    const { path, stepId, taskId } = await place();
    const loaded = await readCursor(gantry.db);
    const [run] = (await claimRuns(gantry.db, { stepId, part: 0, limit: 1 })) as [HostRunRecord];
    const events = readEvents(await stream(`${path}?after=${loaded}`));

    const [claimed] = await until(events, ({ event }) => event === 'host');
    const bytes = Buffer.from('a line\n');
    await appendLogs(gantry.db, [{ runId: run.id, hostTry: 1, readFrom: 0, readTo: 7, bytes, hasValues: false }]);
    const [grown] = (await until(events, ({ event }) => event === 'host')).slice(-1);
    await endRun(gantry.db, run, { status: 'ok', exitCode: 0, reason: '' });
    const [ended] = (await until(events, ({ data }) => data.status === 'ok')).slice(-1);
    await gantry.db.updateTable('tasks').set({ phase: 'ended', shown: 'REVOKED' }).where('id', '=', taskId).execute();
    await gantry.db.updateTable('host_runs').set({ status: 'not_run' }).where('status', '=', 'waiting').execute();
    const end = (await until(events, ({ event }) => event === 'end')).at(-1);

    expect(claimed).toMatchObject({ data: { step_id: stepId, place: 1, status: 'starting', log_bytes: 0 } });
    expect(grown).toMatchObject({ data: { place: 1, status: 'running', log_bytes: 7 } });
    expect(ended).toMatchObject({ data: { place: 1, exit_code: 0 } });
    expect(end).toMatchObject({ data: { state: 'REVOKED' } });
  });

  it('end when the process is to end, and when the client goes', async () => {
    const { path } = await place();
    const stopping = new AbortController();
    const events = readEvents(await stream(path, {}, stopping.signal));
    await until(events, ({ id }) => id !== undefined);
    stopping.abort();
    expect((await events.next()).done).toBe(true);

    const { body } = await stream(path);
    await eventually('a stream is open', () => openStreams.count === 1);
    await body!.cancel();
  });

  it('come at once over a real connection, and end when that breaks', async () => {
    const { path, stepId } = await place();
    const server = await listen(createApp({ services: gantry.services }));
    const client = new AbortController();
    const asked = { headers: authorization(CALLER), signal: client.signal };

    const response = await fetch(`${server.url}/api/v1${path}`, asked);
    const events = readEvents(response);
    await until(events, ({ id }) => id !== undefined);
    await claimRuns(gantry.db, { stepId, part: 0, limit: 1 });
    const [claimed] = await until(events, ({ event }) => event === 'host');
    client.abort();
    await expect(until(events, () => false)).rejects.toThrow();
    await eventually('the server knows that the client is gone', () => openStreams.count === 0);
    await server.close();

    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(claimed).toMatchObject({ data: { status: 'starting' } });
  });

  it('are for who may see the task, with a cursor that is one', async () => {
    const { path } = await place();
    const stranger = await addCaller(gantry, 'stranger', null);

    expect((await stream(path, stranger)).status).toBe(403);
    expect((await stream(path.replace(/projects\/\d+/, 'projects/1'))).status).toBe(404);
    expect((await stream(`${path}?after=odd`)).status).toBe(400);
    const answer = await stream(path, { 'Last-Event-ID': '5:1:' });
    expect(await answer.json()).toMatchObject({ error: { kind: 'invalid', details: [{ field: 'after' }] } });
  });

  it('are told to so many at a time, and to so many of one user', async () => {
    const { path } = await place();
    const open = [];
    for (let count = 0; count < 50; count++) open.push(await stream(path));

    const refused = await stream(path);
    for (const { body } of open) await body!.cancel();

    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringContaining('admin has 50 event streams open') },
    });
  });
});
