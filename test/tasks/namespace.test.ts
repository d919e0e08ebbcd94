import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { Alarms } from '../../base/alarms';
import { ScheduleReconciler } from '../../schedules/reconcile';
import { pickPorts } from '../../stack/ports';
import { adoptNamespace } from '../../tasks/adopt-namespace';
import { closeLostTasks } from '../../tasks/lost';
import { proveNamespace, requireNamespace } from '../../tasks/namespace';
import { Reconciler } from '../../tasks/reconcile';
import type { Services } from '../../tasks/services';
import { connectClient } from '../../temporal/connection';
import { scheduleIdOf, workflowIdOf } from '../../temporal/names';
import { Pipelines } from '../../temporal/pipelines';
import { Probes } from '../../temporal/probes';
import { Schedules } from '../../temporal/schedules';
import { Gantry } from '../support/gantry';
import { makeNamespace } from '../support/namespaces';
import { insertSampleTask } from '../support/sample-task';
import { temporal } from '../support/temporal';
import { sketch } from '../support/trees';

const MAIN = join(__dirname, '../../dist/cli/main.js');
const WAITING = sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } });

describe('a namespace', () => {
  let gantry: Gantry;
  let elsewhere: string;
  let clients: Client[];

  beforeAll(async () => {
    elsewhere = await makeNamespace();
  });
  beforeEach(async () => {
    clients = [];
    gantry = await Gantry.create();
    await gantry.startWorker();
  });
  afterEach(async () => {
    for (const client of clients) await client.connection.close();
    await gantry.stop();
  });

  /** The same installation with another TEMPORAL_NAMESPACE. */
  async function servicesIn(namespace: string): Promise<Services> {
    const client = await connectClient({ ...temporal(), namespace });
    clients.push(client);
    return {
      ...gantry.services,
      pipelines: new Pipelines(client, gantry.installation),
      schedules: new Schedules(client, gantry.installation),
      probes: new Probes(client, gantry.installation),
      alarms: new Alarms(gantry.services.log),
    };
  }

  async function startWaiting(): Promise<number> {
    const { task_id } = await gantry.create(WAITING);
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => Object.values(children).some(({ waiting_for }) => waiting_for));
    return task_id;
  }

  const rowOf = (id: number) =>
    gantry.db.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  /** Tasks that run for the records, and of which no server knows. */
  async function insertGone(count: number): Promise<number[]> {
    const ids: number[] = [];
    for (let left = count; left > 0; left--) ids.push(await insertSampleTask(gantry.db));
    await gantry.db.updateTable('task_programs').set({ program: EMPTY_PROGRAM }).where('task_id', 'in', ids).execute();
    await gantry.db
      .updateTable('tasks')
      .set({ phase: 'running', status: 'RUNNING', shown: 'RUNNING', started_at: new Date() })
      .where('id', 'in', ids)
      .execute();
    return ids;
  }

  async function turn(services: Services): Promise<void> {
    for (let at = 0; ; ) {
      at = await closeLostTasks(services, at);
      if (at === 0) return;
    }
  }

  const alarmsOf = ({ alarms }: Services) => alarms.list().map(({ name }) => name);

  it('that is not ours: a process in it ends no running task, and says so', async () => {
    const task = await startWaiting();
    const strangers = await servicesIn(elsewhere);

    await turn(strangers);

    expect(await rowOf(task)).toMatchObject({ phase: 'running', status: 'RUNNING' });
    expect(alarmsOf(strangers)).toEqual(['namespace']);
    expect(strangers.alarms.list()[0]!.message).toContain(elsewhere);
  });

  it('that is not ours, on a server that is slow to say so: a process does not begin in it', async () => {
    await startWaiting();
    const strangers = await servicesIn(elsewhere);
    const { namespace } = strangers.pipelines;
    const outOfTime = Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4 });
    const findMark = jest
      .spyOn(namespace, 'findMark')
      .mockRejectedValueOnce(outOfTime)
      .mockRejectedValueOnce(outOfTime);

    await expect(requireNamespace(strangers, 'temporal:7233')).rejects.toThrow('gantry adopt-namespace --lost');
    expect(findMark).toHaveBeenCalledTimes(3);
  });

  it('that became ours while nothing ran: a process in it ends no task that was started in another one', async () => {
    const strangers = await servicesIn(elsewhere);
    expect(await proveNamespace(strangers)).toBeDefined();
    expect(await proveNamespace(gantry.services)).toBeDefined();
    const task = await startWaiting();

    await turn(strangers);

    expect(await rowOf(task)).toMatchObject({ phase: 'running', status: 'RUNNING' });
    expect(alarmsOf(strangers)).toEqual(['tasks elsewhere']);
  });

  it('that is not ours: no schedule is made in it, and no start is made up for', async () => {
    const running = await startWaiting();
    const { task_id } = await gantry.create(WAITING);
    const long = new Date(Date.now() - 60_000);
    await gantry.db
      .updateTable('tasks')
      .set({ phase: 'starting', executor: 'admin', started_at: long })
      .where('id', '=', task_id)
      .execute();
    const strangers = await servicesIn(elsewhere);

    await round(new Reconciler(strangers));
    await round(new ScheduleReconciler(strangers));

    expect(await rowOf(task_id)).toMatchObject({ phase: 'starting' });
    expect(await rowOf(running)).toMatchObject({ phase: 'running' });
    expect(alarmsOf(strangers)).toEqual(['namespace']);
  });

  it('without a marker is ours when one of the running tasks is in it, which makes the marker', async () => {
    const task = await startWaiting();
    expect(await gantry.services.pipelines.namespace.findMark()).toBeUndefined();

    const mark = await proveNamespace(gantry.services);

    expect(mark).toBeDefined();
    expect(await gantry.services.pipelines.namespace.findMark()).toBe(mark);
    await turn(gantry.services);
    expect(await rowOf(task)).toMatchObject({ phase: 'running', namespace_mark: mark });
  });

  it('whose marker was taken away gets another one, and the tasks in it go on', async () => {
    const first = await proveNamespace(gantry.services);
    const task = await startWaiting();
    expect(await rowOf(task)).toMatchObject({ namespace_mark: first });
    await gantry.client.schedule.getHandle(scheduleIdOf(gantry.installation, 'installation')).delete();

    const second = await proveNamespace(gantry.services);
    await turn(gantry.services);

    expect(second).not.toBe(first);
    expect(await rowOf(task)).toMatchObject({ phase: 'running', namespace_mark: second });
  });

  it('that several processes take at once has one mark', async () => {
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => servicesIn(temporal().namespace)));

    const marks = await Promise.all(all.map(proveNamespace));

    expect(new Set(marks).size).toBe(1);
  });

  it('that is ours: a task whose workflow is gone is ended, and says why', async () => {
    await proveNamespace(gantry.services);
    const [gone] = await insertGone(1);

    await turn(gantry.services);

    expect(await rowOf(gone!)).toMatchObject({ phase: 'ended', status: 'REVOKED', put_aside: false });
    expect((await rowOf(gone!)).end_reason).toContain('gone');
  });

  it('that is ours: many that are gone at once are left, with an alarm, until a person says that they are lost', async () => {
    await proveNamespace(gantry.services);
    const gone = await insertGone(30);

    await turn(gantry.services);

    const phases = await gantry.db.selectFrom('tasks').select('phase').where('id', 'in', gone).execute();
    expect(new Set(phases.map(({ phase }) => phase))).toEqual(new Set(['running']));
    expect(alarmsOf(gantry.services)).toEqual(['workflows not found']);
    const ready = await gantry.get('/readyz');
    expect(ready).toMatchObject({ status: 'ready', alarms: [{ name: 'workflows not found' }] });

    const actor = { username: 'ann', appCode: '', source: 'cli' };
    expect(await adoptNamespace(gantry.services, { lost: false, actor })).toEqual({ found: 0, missing: 30, closed: 0 });
    expect(await adoptNamespace(gantry.services, { lost: true, actor })).toEqual({ found: 0, missing: 30, closed: 30 });
    await turn(gantry.services);
    expect(alarmsOf(gantry.services)).toEqual([]);
  });

  it('that was replaced is adopted by a person: what is lost is ended, and on record', async () => {
    await proveNamespace(gantry.services);
    const task = await startWaiting();
    const fresh = await servicesIn(await makeNamespace());
    const actor = { username: 'ann', appCode: '', source: 'cli' };

    await expect(adoptNamespace(fresh, { lost: false, actor })).rejects.toThrow('gantry adopt-namespace --lost');
    expect(await rowOf(task)).toMatchObject({ phase: 'running' });
    expect(await fresh.pipelines.namespace.findMark()).toBeUndefined();
    const adoption = await adoptNamespace(fresh, { lost: true, actor });

    expect(adoption).toEqual({ found: 0, missing: 1, closed: 1 });
    expect(await rowOf(task)).toMatchObject({ phase: 'ended', status: 'REVOKED' });
    const detail = await gantry.get(`/apigw/get_task_detail/${task}/1/`);
    expect(detail.data.ex_data).toContain('lost');
    const { data: records } = await gantry.get(`/apigw/get_task_operate_record/${task}/1/`);
    expect(records[0]).toMatchObject({ operate_type: 'revoke', operator: 'ann', operate_source: 'cli' });
    const audit = await gantry.db
      .selectFrom('audit_records')
      .select(['username', 'object', 'detail'])
      .where('action', '=', 'adopt_namespace')
      .execute();
    expect(audit).toEqual([
      {
        username: 'ann',
        object: expect.stringContaining('namespace test-'),
        detail: { lost: true, found: 0, missing: 1, closed: 1 },
      },
    ]);
    await gantry.client.workflow.getHandle(workflowIdOf(gantry.installation, task)).terminate('the test is over');
  });

  it.each(['api', 'worker'])('that is not ours: gantry %s refuses to start in it while tasks run', async (service) => {
    const task = await startWaiting();

    const { code, output } = await runGantry([service], { TEMPORAL_NAMESPACE: elsewhere });

    expect(code).toBe(1);
    for (const part of [elsewhere, temporal().address, 'gantry adopt-namespace', '1 running task'])
      expect(output).toContain(part);
    expect(await rowOf(task)).toMatchObject({ phase: 'running' });
  });

  it.each(['api', 'worker'])('that is not there: gantry %s refuses to start', async (service) => {
    const { code, output } = await runGantry([service], { TEMPORAL_NAMESPACE: 'nowhere' });

    expect(code).toBe(1);
    expect(output).toContain('there is no namespace nowhere');
  });

  it('is adopted by gantry adopt-namespace', async () => {
    const task = await startWaiting();
    const fresh = await makeNamespace();

    const refused = await runGantry(['adopt-namespace'], { TEMPORAL_NAMESPACE: fresh });
    const adopted = await runGantry(['adopt-namespace', '--lost'], { TEMPORAL_NAMESPACE: fresh });

    expect(refused.code).toBe(1);
    expect(refused.output).toContain('--lost');
    expect(adopted.code).toBe(0);
    expect(adopted.output).toContain('1 were not, and are ended');
    expect(await rowOf(task)).toMatchObject({ phase: 'ended', status: 'REVOKED' });
  });

  /** Runs `gantry` to its end. */
  async function runGantry(args: string[], env: Record<string, string>): Promise<{ code: number; output: string }> {
    const { port } = await pickPorts(['port'], {});
    const child = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        DATABASE_URL: gantry.databaseUrl,
        TEMPORAL_ADDRESS: temporal().address,
        GANTRY_PORT: String(port),
        ...env,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const [code] = (await once(child, 'close')) as [number];
    return { code, output };
  }
});

const EMPTY_PROGRAM = JSON.stringify({
  nodes: [
    { id: 's', name: '', pipeline: 0, type: 'start', next: 1 },
    { id: 'e', name: '', pipeline: 0, type: 'end' },
  ],
  pipelines: [{ owner: -1, start: 0, size: 2, variables: {}, outputs: [] }],
  rerunLimit: 0,
});

/** One round of a reconciler, without its clock. */
function round(reconciler: Reconciler | ScheduleReconciler): Promise<void> {
  return (reconciler as unknown as { round(): Promise<void> }).round();
}
