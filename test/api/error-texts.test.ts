import { CREDENTIALS } from '../support/client';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const TREE = sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } });

/** Texts and codes of bk-sops §7.1 to §7.4 that no other suite meets on its way. */
describe('refusals have the texts and codes that clients know', () => {
  let gantry: Gantry;
  const tasks: Record<string, number> = {};

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
    tasks.running = (await gantry.create(TREE)).task_id;
    tasks.revoked = (await gantry.create(TREE)).task_id;
    tasks.unclaimed = (await gantry.create(TREE, { flow_type: 'common_func' })).task_id;
    for (const id of [tasks.running, tasks.revoked]) await gantry.start(id);
    await gantry.post(`/apigw/operate_task/${tasks.revoked}/1/`, { action: 'revoke' });
    await gantry.untilState(tasks.revoked, 'REVOKED');
  });

  afterAll(() => gantry.stop());

  it.each<[endpoint: string, path: (ids: Record<string, number>) => string, body: object, code: number, text: string]>([
    ['start_task', ({ running }) => `${running}/1/`, { scope: 5 }, 3540000, 'invalid param format'],
    ['start_task', ({ running }) => `${running}/1/`, {}, 3545000, 'task already started'],
    ['start_task', ({ unclaimed }) => `${unclaimed}/1/`, {}, 3545000, 'task with current_flow:func_claim cannot be'],
    [
      'operate_node',
      ({ running }) => `1/${running}/`,
      { node_id: 'a', action: 'callback', data: 'x' },
      3540000,
      'data field is not a valid object',
    ],
    [
      'operate_node',
      ({ running }) => `1/${running}/`,
      { node_id: 'a', action: 'retry', inputs: [] },
      3540000,
      'inputs field is not a valid object',
    ],
    [
      'node_callback',
      ({ running }) => `${running}/1/`,
      { node_id: 'nobody', callback_data: {} },
      3540000,
      'does not have node[nobody]',
    ],
    [
      'query_task_count',
      () => '1/',
      { group_by: 'colour' },
      3540000,
      '[API] query_task_list params group_by[colour] is invalid',
    ],
    [
      'get_tasks_manual_intervention_state',
      () => '1/',
      { task_id_list: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
      3540000,
      'task_ids_list length can not exceeds 10',
    ],
  ])('%s refuses %#', async (endpoint, path, body, code, text) => {
    const answer = await gantry.post(`/apigw/${endpoint}/${path(tasks)}`, body);

    expect(answer).toMatchObject({ status: 200, result: false, code, message: expect.stringContaining(text) });
  });

  it.each<[endpoint: string, path: (ids: Record<string, number>) => string, code: number, text: string]>([
    ['get_task_status', () => '999999/1/', 3599999, 'task[id=999999] get status error'],
    [
      'get_task_list',
      () => '1/?offset=-1',
      3545000,
      '[API] pagination error: offset and limit must be greater or equal to 0.',
    ],
    [
      'get_task_effective_time',
      ({ revoked }) => `${revoked}/1/`,
      3540000,
      'was revoked, cannot calculate effective time',
    ],
    ['get_task_effective_time', ({ running }) => `${running}/1/`, 3540000, 'is not finished yet'],
  ])('%s refuses %#', async (endpoint, path, code, text) => {
    const answer = await gantry.get(`/apigw/${endpoint}/${path(tasks)}`);

    expect(answer).toMatchObject({ status: 200, result: false, code, message: expect.stringContaining(text) });
  });

  it('says so when a trusted app names nobody', async () => {
    const nobody = { bk_app_code: CREDENTIALS.app_code, bk_app_secret: CREDENTIALS.app_secret, bk_username: '' };

    const answer = await gantry.post(
      '/apigw/query_task_count/1/',
      {},
      { 'X-Bkapi-Authorization': JSON.stringify(nobody) },
    );

    expect(answer).toMatchObject({
      result: false,
      code: 3540000,
      message: 'username cannot be empty, make sure api gateway has sent correct params: bk_username is ""',
    });
  });
});
