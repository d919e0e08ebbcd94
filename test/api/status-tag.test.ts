import { upsertNodeExecutions } from '../../db/node-executions';
import { authorization, CALLER } from '../support/client';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const HEADERS = authorization(CALLER);

describe('the entity tag of get_task_status', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  async function begin() {
    const tree = sketch({ chains: ['S a b E'], activities: { a: { code: 'pause_node' } } });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const ask = async (query = '', tag?: string) => {
      const headers = { ...HEADERS, ...(tag === undefined ? {} : { 'If-None-Match': tag }) };
      const path = `/apigw/get_task_status/${task_id}/1/${query}`;
      const answer = await gantry.ask({ method: 'GET', path, headers });
      return { status: answer.status, tag: answer.headers.etag as string, text: answer.text };
    };
    /** As the recorder writes it. */
    const record = (change: object, fence?: 'retake') => {
      const node = { nodeId: Object.keys(pipeline_tree.activities)[0]!, loop: 1, retry: 0, innerLoop: 1 };
      const nodes = [{ ...node, seq: 2, status: 'RUNNING', startedAt: 1_700_000_000_000, ...change }];
      return upsertNodeExecutions(gantry.db, [{ taskId: task_id, nodes }], fence);
    };
    const run = () =>
      gantry.db
        .updateTable('tasks')
        .set({ phase: 'running', status: 'RUNNING', shown: 'RUNNING', started_at: new Date() })
        .where('id', '=', task_id)
        .execute();
    return { task_id, nodes: Object.keys(pipeline_tree.activities), ask, record, run };
  }

  it('says that nothing has happened, without an answer', async () => {
    const { ask, record, run } = await begin();
    await run();
    await record({});
    const first = await ask();

    expect(first).toMatchObject({ status: 200, tag: expect.stringMatching(/^W\/".+"$/) });
    expect(await ask('', first.tag)).toEqual({ status: 304, tag: first.tag, text: '' });
    expect(await ask('', `"other", ${first.tag}`)).toMatchObject({ status: 304 });
    expect(await ask('', first.tag.slice(2))).toMatchObject({ status: 304 });
    expect(await ask('', '*')).toMatchObject({ status: 304 });
    expect(await ask('', '"other"')).toMatchObject({ status: 200, tag: first.tag });
    // Only the time that has passed differs.
    const again = await ask();
    const withoutElapsed = (text: string) => text.replace(/"(elapsed_time|request_id)":("[^"]*"|\d+)/g, '');
    expect(withoutElapsed(again.text)).toBe(withoutElapsed(first.text));
  });

  it('changes with whatever happens, also where no number rises', async () => {
    const { task_id, nodes, ask, record, run } = await begin();
    const seen = [(await ask()).tag];
    const changes: (() => Promise<unknown>)[] = [
      run,
      () => record({}),
      // Of another node, recorded late, under a lower number.
      () => record({ nodeId: nodes[1], seq: 1 }),
      // The same attempt begun again, under the same number.
      () => record({ startedAt: 1_700_000_001_000 }, 'retake'),
      () => record({ seq: 3, waitingFor: 'somebody' }),
      () => record({ seq: 4, status: 'FAILED', finishedAt: 1_700_000_002_000, outputs: { ex_data: 'no' } }),
      () => record({ seq: 5, retry: 1 }),
      () =>
        gantry.db.updateTable('node_executions').set({ status: 'REVOKED' }).where('task_id', '=', task_id).execute(),
      () => gantry.db.updateTable('tasks').set({ name: 'renamed' }).where('id', '=', task_id).execute(),
      () =>
        gantry.db
          .insertInto('audit_records')
          .values({ task_id, project_id: 1, username: 'x', app_code: '', source: 'api', action: 'retry', object: 'a' })
          .execute(),
    ];
    for (const change of changes) {
      await change();
      const { status, tag } = await ask('', seen.at(-1)!);
      expect(status).toBe(200);
      seen.push(tag);
    }

    expect(new Set(seen).size).toBe(changes.length + 1);
  });

  it('is another one of another question', async () => {
    const { nodes, ask, record, run } = await begin();
    await run();
    await record({});
    const { tag } = await ask();

    for (const query of [
      `?subprocess_id=${nodes[0]}`,
      '?with_new_status=1',
      '?with_ex_data=1',
      '?with_failed_node_info=1',
    ]) {
      expect(await ask(query, tag)).toMatchObject({ status: 200 });
    }
  });

  it('follows the clock of the project, and its program', async () => {
    const { task_id, ask, record, run } = await begin();
    await run();
    await record({});
    const first = await ask();
    await gantry.db.updateTable('projects').set({ time_zone: 'Asia/Tokyo' }).where('id', '=', 1).execute();
    const second = await ask('', first.tag);
    const program = await gantry.db
      .selectFrom('task_programs')
      .selectAll()
      .where('task_id', '=', task_id)
      .executeTakeFirstOrThrow();
    const renamed = JSON.stringify(program.program).replaceAll('"name":"a"', '"name":"renamed"');
    await gantry.db.updateTable('task_programs').set({ program: renamed }).where('task_id', '=', task_id).execute();
    const third = await ask('', second.tag);

    expect([second.status, third.status]).toEqual([200, 200]);
    expect(second.text).toContain('+0900');
    expect(third.text).toContain('"name":"renamed"');
  });

  it('is none of a task that is not there, or no longer', async () => {
    const { task_id, ask } = await begin();
    const { tag } = await ask();
    await gantry.db.updateTable('tasks').set({ is_deleted: true }).where('id', '=', task_id).execute();

    const gone = await ask('', tag);

    expect(gone).toMatchObject({ status: 200, tag: undefined });
    expect(gone.text).toContain('does not exist');
  });
});
