import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SshWorld } from '../../activities/hosts/support';
import { shellWith, TestServer } from '../../hosts/ssh/server';
import { addCaller } from '../../support/callers';
import { eventually } from '../../support/eventually';
import { dataOf, type V1Answer } from '../../support/v1';

describe('a script that is run on hosts at /api/v1', () => {
  let world: SshWorld;
  let server: TestServer;
  let host: number;
  const home = mkdtempSync(join(tmpdir(), 'gantry-run-on-hosts-'));

  beforeAll(async () => {
    world = await SshWorld.open();
    await world.gantry.startWorker({}, '127.0.0.1/32');
    server = await TestServer.listen({ onCommand: shellWith({ PATH: process.env.PATH, HOME: home }) });
    host = await world.host({ server, host: { name: 'web1', tags: ['web'] } });
  });

  afterAll(async () => {
    await world.close();
    await server.close();
    rmSync(home, { recursive: true, force: true });
  });

  const run = (body: object, client = world.v1) => client.post(world.at('/hosts/run'), body);
  const task = async (id: number, query = '') => dataOf(await world.v1.get(world.at(`/tasks/${id}${query}`)));
  const countTasks = async () => (await world.gantry.db.selectFrom('tasks').select('id').execute()).length;

  const untilEnd = (id: number) =>
    eventually(`task ${id} has ended`, () => task(id), {
      isWanted: ({ state }) => state === 'FINISHED' || state === 'FAILED',
      withinMs: 60_000,
    });

  async function logOf(id: number): Promise<string> {
    const [step] = dataOf(await world.v1.get(world.at(`/tasks/${id}/host-steps`))).items;
    return dataOf(await world.v1.get(world.at(`/host-steps/${step.id}/runs/1/log`))).text;
  }

  it('runs as it was written, and the task tells how it stands', async () => {
    const answer = await run({
      tags: ['web'],
      script: 'echo "${HOME}" ${#HOME} "{{}}" "${_system}"',
      interpreter: 'sh',
    });

    expect(answer).toMatchObject({ status: 201, data: { task_id: expect.any(Number) } });
    const { task_id, node_id } = dataOf(answer);
    const ended = await untilEnd(task_id);
    expect(ended).toMatchObject({ id: task_id, name: 'Run on hosts', state: 'FINISHED', next_nodes: null });
    expect(ended.nodes.map(({ id }: { id: string }) => id)).toContain(node_id);
    expect(ended.nodes.find(({ id }: { id: string }) => id === node_id)).toMatchObject({
      name: 'Run script',
      type: 'activity',
      state: 'FINISHED',
      loop: 1,
      attempt: 1,
    });
    expect(await logOf(task_id)).toBe(`${home} ${home.length} {{}} \n`);
  });

  it('has its nodes page by page', async () => {
    const { task_id } = dataOf(await run({ hosts: String(host), command: 'true' }));
    const { nodes } = await untilEnd(task_id);

    const first = await task(task_id, '?limit=2');
    const rest = await task(task_id, `?after=${first.next_nodes}`);

    expect(first.nodes).toHaveLength(2);
    expect([...first.nodes, ...rest.nodes]).toEqual(nodes);
    expect(rest.next_nodes).toBeNull();
  });

  it('is one task under one key, and a key is for one request', async () => {
    const keyed = world.v1.with({ 'Idempotency-Key': 'run-1' });
    const before = await countTasks();
    const first = dataOf(await run({ tags: ['web'], script: 'true' }, keyed));

    expect(dataOf(await run({ tags: ['web'], script: 'true' }, keyed))).toEqual(first);
    expect(await countTasks()).toBe(before + 1);
    expect((await run({ tags: ['web'], script: 'false' }, keyed)).status).toBe(409);
    expect(await countTasks()).toBe(before + 1);
  });

  it.each<[string, object, string]>([
    ['no hosts', { script: 'true' }, 'hosts'],
    ['blank hosts', { hosts: ' ', script: 'true' }, 'hosts'],
    ['no script', { tags: ['web'] }, 'script'],
    ['an empty script', { tags: ['web'], script: '' }, 'script'],
    ['a script and another command', { tags: ['web'], script: 'a', command: 'b' }, 'command'],
    ['too many at a time', { tags: ['web'], script: 'true', concurrency: 501 }, 'concurrency'],
    ['no time', { tags: ['web'], script: 'true', timeout: 0 }, 'timeout'],
    ['a share that is none', { tags: ['web'], script: 'true', max_failed: '101%' }, 'max_failed'],
    ['an interpreter with more in it', { tags: ['web'], script: 'true', interpreter: 'sh; id' }, 'interpreter'],
    ['a field that there is not', { tags: ['web'], script: 'true', host: 'x' }, 'host'],
  ])('is refused with %s, and nothing is made', async (_what, body, field) => {
    const before = await countTasks();

    const { status, error }: V1Answer = await run(body);

    expect(status).toBe(400);
    expect(error!.details).toMatchObject([{ field }]);
    expect(await countTasks()).toBe(before);
  });

  it('is for operators, and looked at by viewers', async () => {
    const viewer = world.v1.with(await addCaller(world.gantry, 'looker', 'viewer', world.project.projectId));
    const { task_id } = dataOf(await run({ tags: ['web'], script: 'true' }));

    expect((await run({ tags: ['web'], script: 'true' }, viewer)).status).toBe(403);
    expect((await viewer.get(world.at(`/tasks/${task_id}`))).status).toBe(200);
    expect((await viewer.get(world.at('/tasks/2147483647'))).status).toBe(404);
  });
});
