import { sql } from 'kysely';
import { recordChanges } from '../../db/recording';
import { fillProject } from '../support/every-object';
import { Gantry } from '../support/gantry';
import { named, requestOf, sendBy, waysOf } from '../support/requests';

const TOKEN = 'gsec:v1:test:BMDIgwG3BhfRJ5hn8XVEQw7rpYLPMpIi45ppQL1yNfWW4nELyok;';
/** Stands for the token until all rows are written: nobody may send one. */
const MARK = 'to-be-a-token';
const ID = 6001;

const reading = named.filter(([, { method, onlyReads }]) => method === 'get' || onlyReads);

describe('a token in a row, of whatever table', () => {
  let gantry: Gantry;
  let node: string;
  const shown = new Map<string, string>();

  beforeAll(async () => {
    gantry = await Gantry.create();
    await fillProject(gantry, ID, MARK);
    const { data } = await gantry.get(`/apigw/get_task_detail/${ID}/${ID}/`);
    node = Object.keys(data.pipeline_tree.activities)[0]!;
    await gantry.db
      .updateTable('tasks')
      .set({ callback_url: `http://${MARK}/` })
      .where('id', '=', ID)
      .execute();
    await recordChanges(gantry.db, ID, {
      nodes: [
        {
          ...{ seq: 1, nodeId: node, loop: 1, innerLoop: 1, retry: 0, skip: false, errorIgnored: false },
          ...{ status: 'FAILED', waitingFor: MARK },
          inputs: { message: MARK },
          outputs: { ex_data: MARK, said: [MARK] },
        },
      ],
      task: { seq: 3, status: 'FINISHED', shown: 'FINISHED', at: Date.now(), outputs: { '${secret}': MARK } },
      events: [{ event: 'finished', success: true, outputs: { [MARK]: MARK } }],
    });
    await gantry.db.updateTable('tasks').set({ end_reason: MARK }).where('id', '=', ID).execute();
    expect(await replaceEverywhere(gantry, MARK, TOKEN)).toBeGreaterThanOrEqual(20);
    for (const [name, endpoint] of reading) {
      const { ids, fields } = requestOf(endpoint, { project: ID, object: ID });
      const wider = { include_webhook_history: '1', with_ex_data: '1', include_subprocess: 'true' };
      const known = Object.fromEntries(Object.entries(wider).filter(([field]) => field in endpoint.input.shape));
      const ofNode = 'node_id' in fields ? { node_id: node } : {};
      const request = { ids, fields: { ...fields, ...known, ...ofNode } };
      shown.set(name, JSON.stringify(await sendBy(gantry, endpoint, waysOf(endpoint)[0]!, request)));
    }
  });

  afterAll(() => gantry.stop());

  it.each(reading)('is not in the answer of %s', (name) => {
    expect(shown.get(name)).not.toContain('gsec:v');
  });

  it('is masked in the answers that have what stands beside it', () => {
    const masked = [...shown].filter(([, text]) => text.includes('******')).map(([name]) => name);

    expect(masked).toEqual(
      expect.arrayContaining([
        'get_task_detail',
        'get_task_node_detail',
        'get_task_node_data',
        'get_template_list',
        'get_template_info',
        'get_template_schemes',
        'get_label_list',
        'get_periodic_task_list',
        'get_periodic_task_info',
        'get_clocked_task_list',
        'get_functionalization_task_list',
        'get_tasks_status',
        'get_user_project_list',
        'get_project_constants',
        'export_project_template',
      ]),
    );
  });
});

/** Rewrites a text wherever it stands in the database; in how many columns it stood. */
async function replaceEverywhere({ db }: Gantry, from: string, to: string): Promise<number> {
  const { rows: columns } = await sql<{ table: string; column: string; type: string }>`
    select table_name as "table", column_name as "column", data_type as "type"
    from information_schema.columns
    where table_schema = 'public' and data_type in ('text', 'json', 'jsonb') and is_generated = 'NEVER'`.execute(db);
  let count = 0;
  for (const { table, column, type } of columns) {
    const { numAffectedRows } = await sql`
      update ${sql.table(table)} set ${sql.ref(column)} = replace(${sql.ref(column)}::text, ${from}, ${to})::${sql.raw(type)}
      where ${sql.ref(column)}::text like ${`%${from}%`}`.execute(db);
    if (numAffectedRows) count += 1;
  }
  return count;
}
