import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellWith } from '../../hosts/ssh/server';
import { addCaller } from '../../support/callers';
import { eventually } from '../../support/eventually';
import { sketch } from '../../support/trees';
import { dataOf, type V1Client } from '../../support/v1';
import { SshWorld } from './support';

/** An account that admins alone may use, and a task of an admin that uses it. */
describe('who says what a task of others does on hosts', () => {
  let world: SshWorld;
  let hostId: number;
  const home = mkdtempSync(join(tmpdir(), 'gantry-changers-'));
  const callers: Record<string, V1Client> = {};
  const headers: Record<string, Record<string, string>> = {};

  beforeAll(async () => {
    world = await SshWorld.open();
    await world.gantry.startWorker({}, '127.0.0.1/32');
    mkdirSync(home, { recursive: true });
    const server = await world.serve({ onCommand: shellWith({ PATH: process.env.PATH, HOME: home }) });
    hostId = await world.host({ server });
    await world.project.account({ alias: 'root', login_user: 'deploy', min_role: 'admin' });
    for (const [name, role] of [
      ['ada', 'admin'],
      ['olga', 'operator'],
    ] as const) {
      headers[name] = await addCaller(world.gantry, name, role, world.project.projectId);
      callers[name] = world.v1.with(headers[name]);
    }
  });
  afterAll(async () => {
    await world.close();
    rmSync(home, { recursive: true, force: true });
  });

  const sops = (name: string, path: string) => `/apigw/${name}/${path}/?scope=project`;
  const project = () => world.project.projectId;

  /** A task that ada has started, which has failed on the host. */
  async function failed() {
    const inputs = { hosts: String(hostId), script: 'echo ${word} >>ran; exit 1', account: 'root' };
    const pipeline_tree = sketch({
      chains: ['S a E'],
      activities: { a: { code: 'run_script', version: '1.0', inputs } },
      constants: { word: { value: 'begun' } },
    });
    const body = { name: 'of ada', pipeline_tree };
    const { data, message } = await world.gantry.post(sops('fast_create_task', `${project()}`), body, headers.ada);
    expect(message).toBe('success');
    const task: number = data.task_id;
    const started = await world.gantry.post(sops('start_task', `${task}/${project()}`), {}, headers.ada);
    expect(started.message).toBe('success');
    const node = Object.keys(data.pipeline_tree.activities)[0]!;
    await untilRested(task, node, 0);
    return { task, node };
  }

  /** Until the attempt of so many retries has ended; what its failure says. */
  async function untilRested(task: number, node: string, retry: number): Promise<string> {
    const row = () =>
      world.gantry.db
        .selectFrom('node_executions')
        .select(['status', 'outputs', 'retry'])
        .where('task_id', '=', task)
        .where('node_id', '=', node)
        .orderBy('retry', 'desc')
        .limit(1)
        .executeTakeFirst();
    const seen = await eventually(`attempt ${retry} has ended`, row, {
      isWanted: (one) => one?.retry === retry && (one.status === 'FAILED' || one.status === 'FINISHED'),
      withinMs: 120_000,
    });
    return String((seen!.outputs as { ex_data?: string } | null)?.ex_data ?? '');
  }

  const retry = async (who: string, { task, node }: { task: number; node: string }, body: object) =>
    dataOf(await callers[who]!.post(world.at(`/tasks/${task}/nodes/${node}/retry`), { hosts: 'all', ...body }));
  const ran = () => readFileSync(join(home, 'ran'), 'utf8').trim().split('\n');

  it('by a retry with other inputs may do no less than whose task it is; until somebody who may says it', async () => {
    const of = await failed();
    const before = ran();

    await retry('olga', of, { inputs: { script: 'echo of olga >>ran' } });
    const refusal = await untilRested(of.task, of.node, 1);
    await retry('olga', of, {});
    const again = await untilRested(of.task, of.node, 2);

    expect([refusal, again]).toEqual(
      Array(2).fill(expect.stringContaining('olga is operator: account root needs the role admin')),
    );
    expect(ran()).toEqual(before);
    await retry('ada', of, { inputs: { script: 'echo of ada >>ran' } });
    expect(await untilRested(of.task, of.node, 3)).toBe('');
    expect(ran()).toEqual([...before, 'of ada']);
  });

  it('by other constants is asked for the same', async () => {
    const of = await failed();
    const before = ran();

    const constants = { '${word}': 'of olga' };
    const changed = await world.gantry.post(
      sops('modify_constants_for_task', `${of.task}/${project()}`),
      { constants },
      headers.olga,
    );
    expect(changed.message).toBe('success');
    await retry('ada', of, {});

    expect(await untilRested(of.task, of.node, 1)).toContain('olga is operator: account root needs the role admin');
    expect(ran()).toEqual(before);
  });

  it('and says nothing else may have it tried again: it is as it was', async () => {
    const of = await failed();
    const before = ran();

    await retry('olga', of, {});

    expect(await untilRested(of.task, of.node, 1)).not.toContain('olga');
    expect(ran()).toEqual([...before, 'begun']);
  });
});
