import { CREDENTIALS } from '../support/client';
import { Gantry } from '../support/gantry';
import { drawing, shelve } from '../support/templates';
import { sketch } from '../support/trees';

const LINE = sketch({
  chains: ['S a E'],
  activities: { a: { code: 'pause_node' } },
  constants: { size: { value: '1' } },
});
const BROKEN = sketch({ chains: ['S a E'], activities: { a: { code: 'no_such_plugin' } } });
const NAMES_NOBODY = drawing({ chains: ['S s E'], references: { s: { template_id: 999 } } });
const UNKNOWN_PLUGIN = 'activity a: there is no plugin no_such_plugin of version legacy';

/** What endpoints say in words of their own, whole: neither more nor less may stand in front of a message. */
describe('an endpoint says', () => {
  let gantry: Gantry;
  let template: number;
  let created: number;
  let ended: number;
  let running: { id: number; node: string };

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
    template = await shelve(gantry.db, 'line', LINE);
    created = (await gantry.create(LINE)).task_id;
    const { task_id: id, pipeline_tree } = await gantry.create(LINE);
    running = { id, node: Object.keys(pipeline_tree.activities)[0]! };
    await gantry.start(id);
    await gantry.until(id, ({ children }) => children[running.node]?.state === 'RUNNING');
    ended = (await gantry.create(LINE)).task_id;
    await gantry.start(ended);
    await gantry.post(`/apigw/operate_task/${ended}/1/`, { action: 'revoke' });
    await gantry.untilState(ended, 'REVOKED');
    await gantry.post('/apigw/fast_create_task/1/', { name: 'x', pipeline_tree: LINE }, { 'Idempotency-Key': 'used' });
  });

  afterAll(() => gantry.stop());

  const of = (path: string) =>
    path.replace('T', `${template}`).replace('C', `${created}`).replace('X', `${ended}`).replace('R', `${running.id}`);

  it.each<[path: string, body: object, code: number, message: string, headers?: Record<string, string>]>([
    ['fast_create_task/1/', { name: '<>', pipeline_tree: LINE }, 3540000, "invalid params: 'name': is empty"],
    [
      'fast_create_task/1/',
      { pipeline_tree: LINE },
      3540000,
      "invalid params: 'name': Invalid input: expected string, received undefined",
    ],
    [
      'fast_create_task/1/',
      { name: 'x', pipeline_tree: LINE },
      3540000,
      'Idempotency-Key must be 1 to 255 printable characters',
      { 'Idempotency-Key': 'x'.repeat(256) },
    ],
    [
      'fast_create_task/1/',
      { name: 'y', pipeline_tree: LINE },
      3599999,
      'Idempotency-Key was used for another request',
      { 'Idempotency-Key': 'used' },
    ],
    [
      'fast_create_task/1/',
      { name: 'x', pipeline_tree: BROKEN },
      3540000,
      `[API] fast_create_task get invalid pipeline_tree: ${UNKNOWN_PLUGIN}`,
    ],
    [
      'fast_create_task/1/',
      { name: 'x', pipeline_tree: NAMES_NOBODY },
      3540000,
      '[API] fast_create_task get invalid template_id: 999, template_id should belong to current project.',
    ],
    [
      'fast_create_task/1/',
      { name: 'x', pipeline_tree: NAMES_NOBODY, has_common_subprocess: true },
      3599999,
      '[API] fast_create_task create pipeline error: subprocess s (s): common template[id=999] does not exist',
    ],
    [
      'create_task/T/1/',
      {},
      3540000,
      "task params is invalid: 'name': Invalid input: expected string, received undefined",
    ],
    [
      'create_and_start_task/T/1/',
      {},
      3540000,
      "task parmas is invalid: 'name': Invalid input: expected string, received undefined",
    ],
    ['create_task/999/1/', { name: 'x' }, 3540400, 'template[id=999] of project[project_id=1,biz_id=1] does not exist'],
    [
      'create_and_start_task/999/1/',
      { name: 'x', template_source: 'common' },
      3540400,
      'common template[id=999] does not exist',
    ],
    [
      'create_task/T/1/',
      { name: 'x', execute_task_nodes_id: ['b'] },
      3599999,
      '[API] create_task create pipeline without tree error: task node[id=b] is not in template pipeline tree',
    ],
    [
      'create_task/T/1/',
      { name: 'x', pipeline_tree: BROKEN },
      3599999,
      `[API] create_task get invalid pipeline_tree: ${UNKNOWN_PLUGIN}`,
    ],
    ['create_task/T/1/', { name: 'x', template_schemes_id: [999] }, 3540000, 'unknown template_schemes_id: 999'],
    ['preview_task_tree/1/999/', {}, 3540400, 'template[id=999] of project[project_id=1,biz_id=1] does not exist'],
    [
      'preview_task_tree/1/T/',
      { version: 'none' },
      3540400,
      'template[id=1] of project[project_id=1,biz_id=1] of version none does not exist',
    ],
    [
      'preview_task_tree/1/T/',
      { exclude_task_nodes_id: ['a'] },
      3599999,
      'preview_task_tree fail: task node[id=a] is not optional',
    ],
    ['create_periodic_task/T/1/', { name: '<>', cron: {} }, 3540000, "task params is invalid: 'name' is empty"],
    [
      'create_clocked_task/T/1/',
      { task_name: 'x'.repeat(51), plan_start_time: '2099-01-01 00:00:00' },
      3540000,
      "task params is invalid: 'task_name' is longer than 50 characters",
    ],
    [
      'create_periodic_task/999/1/',
      { name: 'x', cron: {} },
      3540400,
      'template[id=999] of project[id=1] does not exist',
    ],
    ['create_template/1/', { name: '<>', pipeline_tree: LINE }, 3540000, "invalid params: 'name': is empty"],
    [
      'claim_functionalization_task/999/1/',
      {},
      3540400,
      'task[id=999] of project[project_id=1, biz_id=1] does not exist',
    ],
    [
      'claim_functionalization_task/C/1/',
      {},
      3599999,
      'claim_functionalization_task fail: only functionalization tasks can be claimed: task 1 is none',
    ],
    [
      'claim_functionalization_task/C/1/',
      { name: 7 },
      3540000,
      "invalid params: 'name': Invalid input: expected string, received number",
    ],
    [
      'modify_constants_for_task/R/1/',
      { constants: {}, request_id: '' },
      3540000,
      "invalid params: 'request_id': Too small: expected string to have >=1 characters",
    ],
    [
      'operate_node/1/999/',
      { node_id: 'a', action: 'retry' },
      3540400,
      'task[id=999] of project[project_id=1, biz_id=1] does not exist',
    ],
    [
      'modify_constants_for_task/R/1/',
      { constants: { '${size}': '2' } },
      3540000,
      'task is started: task 2 is RUNNING: set_constants is not possible',
    ],
    [
      'operate_task/X/1/',
      { action: 'pause' },
      3545000,
      'task with current_flow:finished cannot be paused: it is REVOKED',
    ],
    [
      'operate_task/X/1/',
      { action: 'revoke', request_id: 'own' },
      3599999,
      'task 3 is REVOKED: revoke is not possible',
    ],
    ['operate_node/1/R/', { node_id: 'nobody', action: 'retry' }, 3599999, 'node nobody is not in task 2'],
    [
      'node_callback/999/1/',
      { node_id: 'a' },
      3540400,
      '[API] node_callback task[id=999] of project[project_id=1, biz_id=1] does not exist',
    ],
    ['node_callback/R/1/', { node_id: 'nobody' }, 3540000, 'task[2] does not have node[nobody]'],
    [
      'node_callback/R/1/',
      { node_id: 'nobody', version: 'v1' },
      3599999,
      'node version v1 does not exist, or is not the current one of node nobody',
    ],
    [
      'import_project_template/1/',
      { template_data: '{"gantry_templates":1,"templates":[]}', format: 'json' },
      3599999,
      'invalid flow data or error occur, please contact administrator: there is no template in it',
    ],
    ['import_project_template/1/', {}, 3540000, 'template data can not be none'],
  ])('of %s (%#)', async (path, body, code, message, headers = {}) => {
    const answer = await gantry.post(`/apigw/${of(path)}`, body, headers);

    expect(answer).toMatchObject({ status: 200, result: false, code, message, data: null });
  });

  it.each([
    [
      'get_task_status/999/1/',
      3599999,
      'task[id=999] get status error: task[id=999] of project[project_id=1, biz_id=1] does not exist',
    ],
    ['get_task_status/R/1/?subprocess_id=nobody', 3599999, 'task[id=2] get status error: node nobody has no state'],
    [
      'get_task_detail/999/1/',
      3540400,
      '[API] get_task_detail task[id=999] of project[project_id=1, biz_id=1] does not exist',
    ],
    [
      'get_task_node_detail/999/1/?node_id=a',
      3540400,
      '[API] get_task_node_detail task[id=999] of project[project_id=1, biz_id=1] does not exist',
    ],
    ['get_task_node_detail/R/1/?node_id=a', 3540000, 'node[node_id=a] is not in task[id=2]'],
    ['get_task_node_data/1/999/?node_id=a', 3599999, 'task[id=999] of project[project_id=1, biz_id=1] does not exist'],
    ['get_task_node_data/1/R/?node_id=a', 3599999, 'node[node_id=a] is not in task[id=2]'],
    [
      'get_task_node_data/1/R/',
      3540000,
      "invalid params: 'node_id': Invalid input: expected string, received undefined",
    ],
    ['get_task_effective_time/999/1/', 3540400, 'task[id=999] does not exist'],
    ['get_template_info/999/1/', 3540400, 'template[id=999] of project[project_id=1,biz_id=1] does not exist'],
    ['get_template_schemes/1/999/?template_source=common', 3540400, 'common template[id=999] does not exist'],
  ])('of %s: %i %s', async (path, code, message) => {
    const answer = await gantry.get(`/apigw/${of(path)}`);

    expect(answer).toMatchObject({ status: 200, result: false, code, message, data: null });
  });

  it('nothing of its own about who asks and where', async () => {
    const body = { ...CREDENTIALS, name: 'x', pipeline_tree: LINE };

    expect(await gantry.post('/apigw/fast_create_task/77/', body)).toMatchObject({
      code: 3540400,
      message: 'project(77) with scope(cmdb_biz) does not exist.',
    });
  });
});
