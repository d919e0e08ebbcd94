import '../support/own-plugins';

import { sql } from 'kysely';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const VERSIONS = ['legacy', 'once', 'quick'];

describe('an end that cannot be recorded', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await sql`create function refuse() returns trigger language plpgsql as $$ begin
      if position('refuse me' in new.outputs::text) > 0 then raise exception 'this is not taken'; end if;
      return new;
    end $$`.execute(gantry.db);
    for (const table of ['node_executions', 'tasks']) {
      await sql`create trigger refuse before insert or update on ${sql.table(table)} for each row
        execute function refuse()`.execute(gantry.db);
    }
    await gantry.startWorker();
  });
  afterAll(() => gantry.stop());

  async function start(kind: string, version: string) {
    const { task_id, pipeline_tree } = await gantry.create(
      sketch({
        chains: ['S a E'],
        activities: { a: { code: 'test_odd', version, inputs: { kind }, retryable: true } },
        constants: { a: { source_type: 'component_outputs', source_info: { a: ['value'] } } },
      }),
    );
    await gantry.start(task_id);
    return { task_id, node_id: Object.keys(pipeline_tree.activities)[0]! };
  }

  async function failureOf(kind: string, version: string): Promise<string> {
    const { task_id, node_id } = await start(kind, version);
    await gantry.untilState(task_id, 'FAILED');
    const rows = await gantry.db
      .selectFrom('node_executions')
      .select('status')
      .where('task_id', '=', task_id)
      .where('node_id', '=', node_id)
      .execute();
    expect(rows).toEqual([{ status: 'FAILED' }]);
    const { data } = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`);
    return data.ex_data;
  }

  const FAILING: [kind: string, reason: RegExp][] = [
    ['cyclic', /cannot be recorded/],
    ['too many digits', /cannot be recorded: a whole number has more than 4300 digits/],
    ['deeper than the limit', /nested deeper than 2000 levels/],
    ['deeper than the stack', /cannot be recorded|nested deeper/],
    ['very large', /20971\d\d\d bytes.*16777216/],
    ['nothing', /its outputs are no object/],
    ['a list', /its outputs are no object/],
    ['thrown nothing', /^null$/],
    ['thrown with odd outputs', /^it failed \(its outputs cannot be recorded/],
    ['thrown at length', /^long long/],
  ];
  const CASES = FAILING.flatMap(([kind, reason]) => VERSIONS.map((version) => [kind, version, reason] as const));

  it.each(CASES)('fails the node: %s, %s', async (kind, version, reason) => {
    const text = await failureOf(kind, version);

    expect(text).toMatch(reason);
    expect(text.length).toBeLessThan(20_000);
  });

  it.each(VERSIONS)('fails the node: large, %s', async (version) => {
    expect(await failureOf('large', version)).toMatch(/3145\d\d\d bytes of JSON: 2031616 is the limit/);
  });

  it.each(VERSIONS)('fails the node, which says that the work was done: %s', async (version) => {
    expect(await failureOf('refused by the database', version)).toBe(
      'its work was done, but what came of it cannot be recorded: this is not taken',
    );
  });

  it.each(VERSIONS)('is none when only its text cannot be kept as it is: %s', async (version) => {
    const { task_id, node_id } = await start('not a text', version);

    await gantry.untilState(task_id, 'FINISHED');
    const { data } = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`);
    expect(data.outputs.find(({ key }: { key: string }) => key === 'value').value).toBe('a\ufffdb\ufffdc');
  });

  it.each(VERSIONS)('is none when there are bigints in it, which are whole numbers: %s', async (version) => {
    const { task_id, node_id } = await start('bigint', version);

    await gantry.untilState(task_id, 'FINISHED');
    const { data } = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`);
    expect(data.outputs.find(({ key }: { key: string }) => key === 'value').value).toEqual([1, 9007199254740993n]);
  });

  it.each(VERSIONS)(
    'of a node that the machine ends itself leaves a note, and what it goes along with is recorded: %s',
    async (version) => {
      const { task_id, pipeline_tree } = await gantry.create(
        sketch({
          chains: ['S a b E'],
          activities: { a: { code: 'pause_node' }, b: { code: 'test_odd', version, inputs: { kind: 'fine' } } },
        }),
      );
      const [node_id] = Object.keys(pipeline_tree.activities);
      await gantry.start(task_id);
      await gantry.until(task_id, ({ children }) => children[node_id!]?.waiting_for !== undefined);

      const data = { text: 'refuse me' };
      const answer = await gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action: 'callback', data });

      expect(answer.message).toBe('success');
      await gantry.untilState(task_id, 'FINISHED');
      const node = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`);
      expect(await gantry.countRounds(task_id)).toEqual(
        Object.fromEntries(
          [pipeline_tree.start_event, ...Object.values(pipeline_tree.activities), pipeline_tree.end_event].map(
            ({ id }) => [id, 1],
          ),
        ),
      );
      expect(node.data.ex_data).toBe('what belongs here cannot be recorded: this is not taken');
    },
  );

  it('of a task leaves it without outputs, and ended', async () => {
    const { task_id } = await gantry.create(
      sketch({ chains: ['S a E'], constants: { word: { value: 'refuse me' } }, outputs: ['${word}'] }),
    );
    await gantry.start(task_id);

    await gantry.untilState(task_id, 'FINISHED');
    const row = await gantry.db.selectFrom('tasks').selectAll().where('id', '=', task_id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ phase: 'ended', outputs: {} });
  });

  it('does not keep others from theirs', async () => {
    const odd = await Promise.all(VERSIONS.map((version) => start('refused by the database', version)));
    const fine = await Promise.all(VERSIONS.flatMap((version) => [start('fine', version), start('fine', version)]));

    for (const { task_id } of fine) await gantry.untilState(task_id, 'FINISHED');
    for (const { task_id } of odd) await gantry.untilState(task_id, 'FAILED');
  });
});
