import { sql } from 'kysely';
import { createProject } from '../../access/projects';
import { findTree } from '../../db/tasks';
import type { PipelineTree, SubProcess } from '../../pipeline/tree/types';
import { CLOCKED } from '../../schedules/kinds/clocked';
import type { SealPlace } from '../../secrets/place';
import { replaceTokens, seal } from '../../secrets/token';
import type { Answer } from '../support/client';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { sealOld } from '../support/old-secrets';
import { openReceiver, type Receiver } from '../support/receiver';
import { drawing, shelve } from '../support/templates';
import { sketch } from '../support/trees';

const ACTOR = { username: 'admin', appCode: 'test-app', source: 'api' };

describe('a sealed password', () => {
  let gantry: Gantry;
  let other: number;
  let receiver: Receiver;
  const bodies = () => receiver.received.map(({ body }) => body);

  beforeAll(async () => {
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    receiver = await openReceiver();
    gantry = await Gantry.create();
    await gantry.startWorker();
    // Its business has the number that it has itself.
    ({ id: other } = await createProject(gantry.db, { name: 'other', bizId: 2, timeZone: 'UTC' }, ACTOR));
  });

  afterAll(async () => {
    await gantry.stop();
    await receiver.close();
  });

  beforeEach(() => receiver.received.splice(0));

  /** A tree that sends its password to the server. */
  const telling = (password = 'the password'): PipelineTree =>
    sketch({
      chains: ['S a E'],
      activities: {
        a: {
          code: 'bk_http_request',
          inputs: { bk_http_request_method: 'POST', bk_http_request_url: receiver.url, bk_http_request_body: '${pw}' },
        },
      },
      constants: { pw: { custom_type: 'password', value: password } },
    });

  const openIn = (place: SealPlace, value: unknown) =>
    replaceTokens(JSON.stringify(value), { place }, (secret) => secret);

  /** Puts a text in the place of the tokens of a row, as nobody can by the API. */
  async function plant(table: string, column: string, key: string, id: number, token: string): Promise<void> {
    const { numAffectedRows } = await sql`
      update ${sql.table(table)}
      set ${sql.ref(column)} = regexp_replace(${sql.ref(column)}::text, 'gsec:v[12]:[^;]*;', ${token}, 'g')::json
      where ${sql.ref(key)} = ${id} and position('gsec:' in ${sql.ref(column)}::text) > 0`.execute(gantry.db);
    if (numAffectedRows !== 1n) throw new Error(`${table} ${id} has no token`);
  }

  async function plantInTask(taskId: number, token: string): Promise<void> {
    await plant('task_trees', 'tree', 'task_id', taskId, token);
    await plant('task_programs', 'program', 'task_id', taskId, token);
  }

  /** Says that what is there until now is from before the upgrade. */
  async function upgradeNow(): Promise<void> {
    await sql`
      update installation
      set secrets_placed_at = clock_timestamp(), last_unplaced_task = (select max(id) from tasks)`.execute(gantry.db);
  }

  const post = (name: string, path: (string | number)[], body: unknown) =>
    gantry.post(`/apigw/${name}/${path.map((id) => `${id}/`).join('')}`, body);

  async function createIn(projectId: number, tree: unknown): Promise<number> {
    const answer = await post('fast_create_task', [projectId], { name: 'task', pipeline_tree: tree });
    if (!answer.result) throw new Error(answer.message);
    return answer.data.task_id;
  }

  async function runToEnd(taskId: number, projectId: number): Promise<string> {
    await post('start_task', [taskId, projectId], {});
    const status = async () => (await gantry.get(`/apigw/get_task_status/${taskId}/${projectId}/?with_ex_data=1`)).data;
    const isOver = ({ state }: Answer['data']) => state === 'FINISHED' || state === 'FAILED';
    const { state, ex_data } = await eventually('the task ends or fails', status, { isWanted: isOver });
    return state === 'FINISHED' ? state : JSON.stringify(ex_data);
  }

  it('opens in its own project alone, also when its token is copied by hand', async () => {
    const own = await createIn(1, telling());
    const tree = await findTree<PipelineTree>(gantry.db, own);
    const copied = await createIn(other, telling('x'));
    await plantInTask(copied, tree.constants['${pw}']!.value as string);

    expect(await runToEnd(copied, other)).toContain('it was not sealed for this project');
    expect(bodies()).toEqual([]);
    expect(await runToEnd(own, 1)).toBe('FINISHED');
    expect(bodies()).toEqual(['the password']);
  });

  it('of a common template is sealed for the project of each task that is made of it', async () => {
    const template = await shelve(gantry.db, 'common', telling(), null);
    const body = { name: 'of a common template', template_source: 'common' };

    const made = await Promise.all([1, other].map((project) => post('create_task', [template, project], body)));
    const [here, there] = made.map(({ data }) => data.task_id as number);

    expect(openIn(1, await findTree(gantry.db, here!))).toContain('the password');
    expect(openIn(other, await findTree(gantry.db, there!))).toContain('the password');
    expect(() => openIn(other, seal('x', 'common'))).toThrow();
    expect(await Promise.all([runToEnd(here!, 1), runToEnd(there!, other)])).toEqual(['FINISHED', 'FINISHED']);
    expect(bodies()).toEqual(['the password', 'the password']);
    const preview = await post('preview_common_task_tree', [other, template], {});
    expect(preview.data.pipeline_tree.constants['${pw}'].value).toBe('******');
  });

  it('of a common template inside of another template, too, and in what schedules make', async () => {
    const inner = await shelve(gantry.db, 'inner', telling(), null);
    const references = { sub: { template_id: String(inner), template_source: 'common' } };
    const outer = await shelve(gantry.db, 'outer', drawing({ chains: ['S sub E'], references }), other);

    const { data } = await post('create_task', [outer, other], { name: 'nested' });
    const { pipeline } = Object.values(
      (await findTree<PipelineTree>(gantry.db, data.task_id)).activities,
    )[0] as SubProcess;
    expect(openIn(other, pipeline)).toContain('the password');
    expect(await runToEnd(data.task_id, other)).toBe('FINISHED');

    const fast = await post('fast_create_task', [other], {
      name: 'nested in a tree that was sent',
      has_common_subprocess: true,
      pipeline_tree: drawing({ chains: ['S sub E'], references }),
    });
    expect(await runToEnd(fast.data.task_id, other)).toBe('FINISHED');

    const cron = { minute: '0', hour: '0', day_of_month: '1', month_of_year: '1', day_of_week: '*' };
    const common = { name: 'yearly', cron, template_source: 'common' };
    const { data: schedule } = await post('create_periodic_task', [inner, other], common);
    const { data: run } = await post('run_periodic_task_now', [schedule.id, other], {});
    await gantry.untilEnded(run.task_id);
    expect(bodies()).toEqual(['the password', 'the password', 'the password']);
  });

  it('that a parent gives to a template is sealed where the parent is kept', async () => {
    const inner = await shelve(gantry.db, 'takes a password', telling(), null);
    const { pw } = { pw: telling('given by the parent').constants['${pw}']! };
    const references = { sub: { template_id: String(inner), template_source: 'common', constants: { '${pw}': pw } } };

    const outer = await shelve(gantry.db, 'gives one', drawing({ chains: ['S sub E'], references }), other);

    const kept = await gantry.db
      .selectFrom('template_versions')
      .select('tree')
      .where('template_id', '=', outer)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(kept)).not.toContain('given by the parent');
    const { data } = await post('create_task', [outer, other], { name: 'given' });
    expect(await runToEnd(data.task_id, other)).toBe('FINISHED');
    expect(bodies()).toEqual(['given by the parent']);
  });

  it('of the old form opens in tasks from before the upgrade, and in no others', async () => {
    const [old, kept] = [await createIn(1, telling()), await createIn(1, telling())];
    await plantInTask(old, sealOld('from before'));
    await plantInTask(kept, sealOld('kept from before'));
    await upgradeNow();
    const fresh = await createIn(1, telling());
    await plantInTask(fresh, sealOld('from before'));

    expect(await runToEnd(fresh, 1)).toContain('give the password again');
    expect(bodies()).toEqual([]);
    expect(await runToEnd(old, 1)).toBe('FINISHED');
    const { data: clone } = await post('clone_task', [kept, 1], {});
    expect(openIn(1, await findTree(gantry.db, clone.task_id))).toContain('kept from before');
    expect(await runToEnd(clone.task_id, 1)).toBe('FINISHED');
    expect(bodies()).toEqual(['from before', 'kept from before']);
    expect(await post('clone_task', [fresh, 1], {})).toMatchObject({ result: false });
  });

  it('of the old form in templates and schedules from before goes on working, and in no others', async () => {
    const template = await shelve(gantry.db, 'of old', telling());
    const common = await shelve(gantry.db, 'common of old', telling(), null);
    const cron = { minute: '0', hour: '0', day_of_month: '1', month_of_year: '1', day_of_week: '*' };
    const { data: periodic } = await post('create_periodic_task', [template, 1], { name: 'of old', cron });
    const { data: clocked } = await post('create_clocked_task', [template, 1], {
      task_name: 'of old',
      plan_start_time: '2099-01-01 00:00:00+0000',
      task_parameters: { constants: { '${pw}': 'given' } },
    });
    for (const id of [template, common]) await plant('template_versions', 'tree', 'template_id', id, sealOld('of old'));
    await plant('periodic_tasks', 'tree', 'id', periodic.id, sealOld('of old'));
    await plant('clocked_tasks', 'task_parameters', 'id', clocked.id, sealOld('given of old'));
    await upgradeNow();
    const fresh = await shelve(gantry.db, 'of new', telling());
    await plant('template_versions', 'tree', 'template_id', fresh, sealOld('of old'));

    const own = await post('create_task', [template, 1], { name: 'own' });
    const shared = await post('create_task', [common, other], { name: 'shared', template_source: 'common' });
    expect(await runToEnd(own.data.task_id, 1)).toBe('FINISHED');
    expect(await runToEnd(shared.data.task_id, other)).toBe('FINISHED');
    expect(openIn(other, await findTree(gantry.db, shared.data.task_id))).toContain('of old');
    const { data: run } = await post('run_periodic_task_now', [periodic.id, 1], {});
    await gantry.untilEnded(run.task_id);
    expect(bodies()).toEqual(['of old', 'of old', 'of old']);
    expect(await post('create_task', [fresh, 1], { name: 'new' })).toMatchObject({
      result: false,
      message: expect.stringContaining('give the password again'),
    });

    const firing = { schedule: `clocked-${clocked.id}`, nominalAt: '', firedAt: '' };
    const launch = await CLOCKED.launchOf(gantry.db, clocked.id, firing);
    expect(openIn(1, (await launch!.newTask()).prepared.tree)).toContain('given of old');

    // A template that is changed takes its passwords along.
    const { data: info } = await gantry.get(`/apigw/get_template_info/${template}/1/`);
    const same = await post('update_template', [template, 1], { pipeline_tree: info.pipeline_tree });
    expect(same.data).toMatchObject({ version: 1 });
    const tree = { ...info.pipeline_tree, outputs: ['${pw}'] };
    expect((await post('update_template', [template, 1], { pipeline_tree: tree })).data).toMatchObject({ version: 2 });
    const renewed = await post('create_task', [template, 1], { name: 'renewed' });
    expect(openIn(1, await findTree(gantry.db, renewed.data.task_id))).toContain('of old');
  });

  describe('is refused when it is sent', () => {
    let template: number;
    let task: number;
    let claimed: number;
    let periodic: number;

    beforeAll(async () => {
      template = await shelve(gantry.db, 'plain', withConstant('x'));
      task = await createIn(1, withConstant('x'));
      const function_task = { name: 'to claim', flow_type: 'common_func' };
      claimed = (await post('create_task', [template, 1], function_task)).data.task_id;
      const cron = { minute: '0', hour: '0', day_of_month: '1', month_of_year: '1', day_of_week: '*' };
      periodic = (await post('create_periodic_task', [template, 1], { name: 'plain', cron })).data.id;
    });

    const withConstant = (value: string, custom_type = 'input') =>
      sketch({
        chains: ['S a E'],
        activities: { a: { inputs: { bk_display_message: '${x}' } } },
        constants: { x: { custom_type, value } },
      });
    const withInput = (value: string) =>
      sketch({ chains: ['S a E'], activities: { a: { inputs: { bk_display_message: { deep: [value] } } } } });
    const nested = (value: string) =>
      sketch({ chains: ['S sub E'], activities: { sub: { type: 'SubProcess', pipeline: withConstant(value) } } });
    const cron = { minute: '0', hour: '0', day_of_month: '1', month_of_year: '1', day_of_week: '*' };
    const file = (value: string) =>
      JSON.stringify({ gantry_templates: 1, templates: [{ name: 'a file', pipeline_tree: withConstant(value) }] });

    const DOORS: [string, (token: string) => [name: string, path: () => (string | number)[], body: unknown], string][] =
      [
        [
          'in a constant',
          (token) => ['fast_create_task', () => [1], { name: 'x', pipeline_tree: withConstant(token) }],
          'pipeline_tree.constants.${x}.value',
        ],
        [
          'in a password',
          (token) => ['fast_create_task', () => [1], { name: 'x', pipeline_tree: withConstant(token, 'password') }],
          'pipeline_tree.constants.${x}.value',
        ],
        [
          'in an input',
          (token) => ['fast_create_task', () => [1], { name: 'x', pipeline_tree: withInput(`Bearer ${token}`) }],
          'pipeline_tree.activities.a.component.data.bk_display_message.value.deep.0',
        ],
        [
          'in a subprocess',
          (token) => ['fast_create_task', () => [1], { name: 'x', pipeline_tree: nested(token) }],
          'pipeline_tree.activities.sub.pipeline.constants.${x}.value',
        ],
        [
          'in a name',
          (token) => ['fast_create_task', () => [1], { name: token.slice(0, 40), pipeline_tree: withConstant('x') }],
          'name',
        ],
        [
          'with a template',
          (token) => ['create_task', () => [template, 1], { name: 'x', constants: { '${x}': token } }],
          'constants.${x}',
        ],
        [
          'in place of a template',
          (token) => ['create_task', () => [template, 1], { name: 'x', pipeline_tree: withConstant(token) }],
          'pipeline_tree.constants.${x}.value',
        ],
        [
          'with a template that is started',
          (token) => ['create_and_start_task', () => [template, 1], { name: 'x', constants: { '${x}': [token] } }],
          'constants.${x}.0',
        ],
        [
          'to a task',
          (token) => ['modify_constants_for_task', () => [task, 1], { constants: { '${x}': token } }],
          'constants.${x}',
        ],
        [
          'with a claim',
          (token) => ['claim_functionalization_task', () => [claimed, 1], { constants: { '${x}': token } }],
          'constants.${x}',
        ],
        [
          'in a new template',
          (token) => ['create_template', () => [1], { name: 'x', pipeline_tree: withConstant(token) }],
          'pipeline_tree.constants.${x}.value',
        ],
        [
          'in a new template as JSON text with escapes',
          (token) => [
            'create_template',
            () => [1],
            { name: 'x', pipeline_tree: JSON.stringify(withConstant(token)).replaceAll('gsec', 'gs\\u0065c') },
          ],
          'pipeline_tree.constants.${x}.value',
        ],
        [
          'in a template',
          (token) => ['update_template', () => [template, 1], { pipeline_tree: withConstant(token) }],
          'pipeline_tree.constants.${x}.value',
        ],
        [
          'in a file',
          (token) => ['import_project_template', () => [1], { format: 'json', template_data: file(token) }],
          'pipeline_tree.constants.${x}.value',
        ],
        [
          'in a file of common templates',
          (token) => ['import_common_template', () => [], { format: 'yaml', template_data: file(token) }],
          'pipeline_tree.constants.${x}.value',
        ],
        [
          'with a periodic task',
          (token) => ['create_periodic_task', () => [template, 1], { name: 'x', cron, constants: { '${x}': token } }],
          'constants.${x}',
        ],
        [
          'to a periodic task',
          (token) => ['modify_constants_for_periodic_task', () => [periodic, 1], { constants: { '${x}': token } }],
          'constants.${x}',
        ],
        [
          'with a clocked task',
          (token) => [
            'create_clocked_task',
            () => [template, 1],
            {
              task_name: 'x',
              plan_start_time: '2099-01-01 00:00:00+0000',
              task_parameters: { constants: { '${x}': token } },
            },
          ],
          'constants.${x}',
        ],
      ];

    it.each(DOORS)('%s', async (_name, make, field) => {
      for (const token of [seal('sent', 1), sealOld('sent'), 'gsec:v2:']) {
        const [name, path, body] = make(token);

        const answer = await post(name, path(), body);

        expect(answer.result).toBe(false);
        expect(answer.message).toContain(`${field}: sealed text cannot be sent`);
        expect(answer.message).not.toContain(token);
      }
    });

    it('as a constant of the project', async () => {
      const answer = await post('set_project_constant', [1], { key: 'K', value: seal('sent', 1) });

      expect(answer.result).toBe(false);
    });

    it('with a retry or a callback of a node', async () => {
      const failing = sketch({
        chains: ['S a b E'],
        activities: {
          a: { code: 'bk_http_request', inputs: { bk_http_request_url: 'none' } },
          b: { code: 'pause_node' },
        },
      });
      const { task_id, pipeline_tree } = await gantry.create(failing);
      const [node_id] = Object.keys(pipeline_tree.activities);
      await gantry.start(task_id);
      await gantry.untilState(task_id, 'FAILED');
      const inputs = { bk_http_request_url: [`${receiver.url}?${seal('sent', 1)}`] };

      const retried = await post('operate_node', [1, task_id], { node_id, action: 'retry', inputs });
      const called = await post('node_callback', [task_id, 1], { node_id, callback_data: { a: sealOld('sent') } });

      expect(retried).toMatchObject({ result: false });
      expect(retried.message).toContain('inputs.bk_http_request_url.0: sealed text cannot be sent');
      expect(called.message).toContain('data.a: sealed text cannot be sent');
      await post('operate_task', [task_id, 1], { action: 'revoke' });
    });
  });
});
