import { versionOf } from '../../api/bk-sops/state-tree';
import { appendLogs } from '../../db/host-logs';
import { claimRuns } from '../../db/host-runs';
import { Gantry } from '../support/gantry';
import { endRun, makeHostStep } from '../support/host-steps';

type Answer = Awaited<ReturnType<Gantry['get']>> & { page: { total: number }; logs: string };

describe('the log of a node that works on hosts', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });
  afterAll(() => gantry.stop());

  /** An attempt over so many hosts, of which the first have written these logs; what is said of it. */
  async function attempted(count: number, logs: Buffer[], { retry = 0, task = 0 } = {}) {
    const stepId = await makeHostStep(gantry.db, count, { projectId: 1 });
    const step = await gantry.db
      .selectFrom('host_steps')
      .selectAll()
      .where('id', '=', stepId)
      .executeTakeFirstOrThrow();
    const task_id = task || step.task_id;
    await gantry.db.updateTable('host_steps').set({ task_id, retry }).where('id', '=', stepId).execute();
    const row = { task_id, node_id: 'n1', loop: 1, retry, inner_loop: 1, seq: retry + 1, status: 'FAILED' };
    await gantry.db
      .insertInto('node_executions')
      .values({ ...row, started_at: new Date('2026-01-01T00:00:00Z') })
      .execute();
    const runs = await claimRuns(gantry.db, { stepId, part: 0, limit: logs.length });
    for (const [index, { id: runId }] of runs.entries()) {
      const bytes = logs[index]!;
      if (bytes.length > 0)
        await appendLogs(gantry.db, [
          { runId, hostTry: 1, readFrom: 0, readTo: bytes.length, hasValues: false, bytes },
        ]);
      await endRun(
        gantry.db,
        { id: runId, host_try: 1 },
        { status: 'failed', exitCode: 3, reason: 'it ended with exit code 3' },
      );
    }
    const version = versionOf(task_id, 'n1', 1, retry);
    const ask = (name: string, query: Record<string, string>) =>
      gantry.get(`/apigw/${name}/${task_id}/1/?${new URLSearchParams({ node_id: 'n1', ...query })}`) as Promise<Answer>;
    return { stepId, task_id, version, ask, addresses: runs.map(({ address }) => address) };
  }

  it('has what the hosts have written, each under a line of its own, page by page', async () => {
    const { version, ask, addresses } = await attempted(3, [Buffer.from('one\ntwo\n'), Buffer.from('drei ü')]);

    const whole = await ask('get_task_node_log', { version });
    const second = await ask('get_task_node_log', { version, page: '2', page_size: '2' });

    const lines = whole.data.split('\n');
    expect(lines.slice(1)).toEqual([
      `=== ${addresses[0]}: failed, exit code 3: it ended with exit code 3`,
      'one',
      'two',
      `=== ${addresses[1]}: failed, exit code 3: it ended with exit code 3`,
      'drei ü',
      expect.stringMatching(/^=== 10\.\d+\.0\.2: waiting$/),
    ]);
    expect(lines[0]).toContain('RUNNING round 1, attempt 1');
    expect(second.data.split('\n')).toEqual(lines.slice(2, 4));
    expect(second.page).toEqual({ page: 2, page_size: 2, total: 7 });
  });

  it('says how much of a long one is left out, and where the rest is, which is there', async () => {
    const long = Buffer.from(`${'x'.repeat(64 * 1024 - 1)}€ and the end`);
    const { stepId, ask } = await attempted(1, [long]);

    const { data } = await ask('get_node_job_executed_log', {});

    const lines = data.split('\n');
    const path = `/api/v1/projects/1/host-steps/${stepId}/runs/1/log?from=65535`;
    expect(lines[1]).toBe('x'.repeat(64 * 1024 - 1));
    expect(lines[2]).toBe(`... ${Buffer.byteLength('€ and the end')} bytes more: GET ${path}`);
    expect(((await gantry.get(path)) as unknown as { text: string }).text).toBe('€ and the end');
  });

  it('names those hosts that are one too many', async () => {
    const { stepId, ask } = await attempted(201, []);

    const lines = (await ask('get_node_job_executed_log', {})).data.split('\n');

    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe(`... more hosts: GET /api/v1/projects/1/host-steps/${stepId}/runs?after=200`);
  });

  it('is that of one host, of its newest attempt, and of one where it was done before', async () => {
    const first = await attempted(1, [Buffer.from('done here')]);
    const second = await attempted(2, [Buffer.from('new')], { retry: 1, task: first.task_id });
    const done = gantry.db.selectFrom('host_runs').select('id').where('step_id', '=', first.stepId);
    await gantry.db
      .updateTable('host_runs')
      .set({ status: 'skipped', from_run: done, address: '10.99.0.1' })
      .where('step_id', '=', second.stepId)
      .where('place', '=', 2)
      .execute();

    const one = await first.ask('get_node_job_executed_log', { target_ip: second.addresses[0]! });
    const skipped = await first.ask('get_node_job_executed_log', { target_ip: '10.99.0.1' });
    const none = await first.ask('get_node_job_executed_log', { target_ip: '10.99.0.2' });

    expect(one.logs.split('\n').slice(1)).toEqual(['new']);
    expect(one.data).toBe(one.logs);
    expect(skipped.logs.split('\n')).toEqual(['=== 10.99.0.1: skipped', 'done here']);
    expect(none.logs).toBe('');
  });

  it('is read on by scroll_id', async () => {
    const text = Array.from({ length: 2_500 }, (_, n) => `line ${n}`).join('\n');
    const { version, ask } = await attempted(1, [Buffer.from(text)]);
    const whole: string[] = [];
    let scroll_id = '';
    let asked = 0;
    do {
      const { data } = (await ask('get_task_plugin_log', { scroll_id, trace_id: version })) as unknown as {
        data: { logs: string; total: number; scroll_id: string };
      };
      expect(data.total).toBe(2_502);
      whole.push(...data.logs.split('\n'));
      scroll_id = data.scroll_id;
      asked += 1;
    } while (scroll_id !== '');

    expect(asked).toBe(3);
    expect(whole.slice(2)).toEqual(text.split('\n'));
  });

  it('is not there for a node that was not executed', async () => {
    const { ask } = await attempted(1, []);

    for (const name of ['get_node_job_executed_log', 'get_task_plugin_log']) {
      expect(await ask(name, { node_id: 'n2' })).toMatchObject({ result: false, code: 3540000 });
    }
    expect(await ask('get_task_plugin_log', { trace_id: 'v0' })).toMatchObject({ result: false, code: 3540000 });
  });
});
