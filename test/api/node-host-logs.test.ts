import { versionOf } from '../../api/bk-sops/state-tree';
import { appendLogs } from '../../db/host-logs';
import { claimRuns, endRun } from '../../db/host-runs';
import { Gantry } from '../support/gantry';
import { makeHostStep } from '../support/host-steps';

describe('the log of a node that works on hosts', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  /** A node that has done so on its hosts: what each has written, and its exit code. */
  async function place(written: readonly [string, number][]) {
    const step = await makeHostStep(gantry.db, written.length, { projectId: 1 });
    const { task_id: task } = await gantry.db
      .selectFrom('host_steps')
      .selectAll()
      .where('id', '=', step)
      .executeTakeFirstOrThrow();
    const started_at = new Date('2026-01-02T03:04:05Z');
    await gantry.db
      .insertInto('node_executions')
      .values({ task_id: task, node_id: 'n1', loop: 1, retry: 0, inner_loop: 1, seq: 1, status: 'RUNNING', started_at })
      .execute();
    const runs = await claimRuns(gantry.db, { stepId: step, part: 0, limit: written.length });
    for (const [at, { id }] of runs.entries()) {
      const [text, exitCode] = written[at]!;
      const bytes = Buffer.from(text);
      const piece = { runId: id, hostTry: 1, readFrom: 0, readTo: bytes.length, bytes, hasValues: false };
      if (bytes.length > 0) await appendLogs(gantry.db, [piece]);
      const status = exitCode === 0 ? ('ok' as const) : ('failed' as const);
      await endRun(
        gantry.db,
        { id, host_try: 1 },
        { status, exitCode, reason: exitCode === 0 ? '' : `exit code ${exitCode}` },
      );
    }
    const addresses = runs.map(({ address }) => address);
    return { task, step, addresses, query: `node_id=n1&version=${versionOf(task, 'n1', 1, 0)}` };
  }

  // biome-ignore lint/suspicious/noExplicitAny: fields beside the data
  const get = (path: string): Promise<any> => gantry.get(`/apigw/${path}`);

  it('is what its hosts have written, after what the records know of it', async () => {
    const { task, query, addresses } = await place([
      ['first\nsecond\n', 0],
      ['no end of line', 3],
      ['', 0],
    ]);

    const { data, page } = await get(`get_task_node_log/${task}/1/?${query}`);

    const [a, b, c] = addresses;
    const lines = [
      expect.stringContaining('RUNNING round 1, attempt 1'),
      ...[`=== ${a}: ok, exit code 0 ===`, 'first', 'second'],
      ...[`=== ${b}: failed, exit code 3: exit code 3 ===`, 'no end of line', `=== ${c}: ok, exit code 0 ===`],
    ];
    expect(data.split('\n')).toEqual(lines);
    expect(page).toEqual({ page: 1, page_size: 30, total: lines.length });
  });

  it('is that of one host, or of all, where clients ask for a log of JOB', async () => {
    const { task, addresses } = await place([
      ['one\n', 0],
      ['two\n', 0],
    ]);
    const path = `get_node_job_executed_log/${task}/1/?node_id=n1`;

    expect((await get(path)).logs.split('\n')).toHaveLength(4);
    expect((await get(`${path}&target_ip=${addresses[1]}`)).logs).toBe(`=== ${addresses[1]}: ok, exit code 0 ===\ntwo`);
    const other = await get(`${path}&target_ip=10.9.9.9`);
    expect(other).toMatchObject({
      result: false,
      code: 3540000,
      message: expect.stringContaining('on a host 10.9.9.9'),
    });
    const unknown = await get(`get_node_job_executed_log/${task}/1/?node_id=n2`);
    expect(unknown).toMatchObject({ result: false, message: expect.stringContaining('has not begun') });
  });

  it('comes piece by piece where clients ask for the log of a plugin', async () => {
    const { task } = await place([[Array.from({ length: 1200 }, (_, at) => `line ${at}\n`).join(''), 0]]);
    const path = `get_task_plugin_log/${task}/1/?node_id=n1&plugin_code=run_script`;
    const read: string[] = [];
    for (let scroll = ''; ; ) {
      const { data } = await get(`${path}&scroll_id=${scroll}`);
      expect(data.total).toBe(1201);
      if (data.scroll_id === scroll) break;
      read.push(data.logs);
      scroll = data.scroll_id;
    }

    expect(read).toHaveLength(3);
    expect(read.join('\n').split('\n').slice(1)).toEqual(Array.from({ length: 1200 }, (_, at) => `line ${at}`));
  });

  it('leaves out the beginning of what is long, in whole lines, and says where it is', async () => {
    const line = `${'x'.repeat(1023)}\n`;
    const long = `first\n${line.repeat(1100)}last\n`;
    const { task, step } = await place([[long, 0]]);

    const { logs } = await get(`get_node_job_executed_log/${task}/1/?node_id=n1`);

    const [, left, ...lines] = logs.split('\n');
    const bytes = Number(/^\[(\d+) bytes before this: /.exec(left)?.[1]);
    expect(left).toContain(`/host-steps/${step}/runs/1/log]`);
    expect(`${lines.join('\n')}\n`).toBe(long.slice(bytes));
    expect(lines.at(-1)).toBe('last');
    expect(logs.length).toBeLessThan(1.1 * 1024 * 1024);
  });
});
