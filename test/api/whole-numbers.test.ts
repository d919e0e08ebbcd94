import '../support/own-plugins';

import { parseJson, stringifyJson } from '../../base/json';
import { createLog } from '../../cli/log';
import type { Json, JsonObject } from '../../pipeline/json';
import { PERIODIC } from '../../schedules/kinds/periodic';
import { syncUnsynced } from '../../schedules/reconcile';
import { sendDueNotices } from '../../tasks/notices';
import { Gantry } from '../support/gantry';
import { openReceiver, type Receiver } from '../support/receiver';
import { shelve } from '../support/templates';
import { sketch } from '../support/trees';

const ID = 9007199254740993n;
const NEGATIVE = -123456789012345678901n;
const LARGE = { id: ID, list: [NEGATIVE, 1.5, '9007199254740993'] };
const NEVER_SOON = { minute: '0', hour: '4', day_of_month: '29', month_of_year: '2' };

/** A node that sends its value to `url` as a body, and the constants that its answer is put in. */
function echoing(url: string, value: Json) {
  return {
    code: 'bk_http_request',
    inputs: { bk_http_request_method: 'POST', bk_http_request_url: url, bk_http_request_body: value },
  };
}

const dataOf = (node: string) => ({ source_type: 'component_outputs' as const, source_info: { [node]: ['data'] } });

describe('whole numbers beyond 2^53', () => {
  let gantry: Gantry;
  let server: Receiver;

  beforeAll(async () => {
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    server = await openReceiver(({ body }, response) =>
      response.end(body === '' ? `{"id": ${ID}, "float": 1.2345678901234567e19}` : body),
    );
    process.env.GANTRY_NOTIFY_WEBHOOK = `${server.url}/webhook`;
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  beforeEach(() => {
    server.received.length = 0;
  });

  afterAll(async () => {
    for (const { id } of await gantry.db.selectFrom('periodic_tasks').select('id').execute()) {
      await gantry.services.schedules.remove(`periodic-${id}`);
    }
    await gantry.stop();
    await server.close();
    delete process.env.GANTRY_HTTP_ALLOW;
    delete process.env.GANTRY_NOTIFY_WEBHOOK;
  });

  const detailOf = async (id: number) => (await gantry.get(`/apigw/get_task_detail/${id}/1/`)).data;
  const nodeOf = async (id: number, node: string) =>
    (await gantry.get(`/apigw/get_task_node_detail/${id}/1/?node_id=${node}`)).data;
  const outputsOf = async (id: number): Promise<JsonObject> =>
    Object.fromEntries(
      (await detailOf(id)).outputs.map(({ key, value }: { key: string; value: Json }) => [key, value]),
    );

  async function run(pipeline_tree: unknown) {
    const made = await gantry.create(pipeline_tree);
    await gantry.start(made.task_id);
    return made;
  }

  /** The ids that nodes were given, by their names. */
  function idsOf(tree: { activities: Record<string, { name?: string }> }): Record<string, string> {
    return Object.fromEntries(Object.entries(tree.activities).map(([id, { name }]) => [name!, id]));
  }

  it('go from a constant through a request, an answer, an output and a condition to another request', async () => {
    const tree = sketch({
      chains: ['S a x b E', 'x c E'],
      activities: {
        a: echoing(server.url, '${large}'),
        b: echoing(`${server.url}/?id=\${answer["id"]}&next=\${large["id"] + 1}`, {
          was: '${answer}',
          text: 'id=${large["id"]}, ${large}',
          literal: ID,
        }),
      },
      gateways: {
        x: {
          type: 'ExclusiveGateway',
          conditions: {
            x_b: { evaluate: `\${answer["id"]} == ${ID}`, name: 'b', tag: '' },
            x_c: { evaluate: `\${answer["id"]} == ${ID - 1n}`, name: 'c', tag: '' },
          },
        },
      } as never,
      constants: { large: { value: LARGE as unknown as Json }, answer: dataOf('a') },
      outputs: ['${answer}', '${large}'],
    });
    const { task_id, pipeline_tree } = await run(tree);
    await gantry.untilState(task_id, 'FINISHED');

    const [first, second] = server.received;
    expect(first!.body).toBe(stringifyJson(LARGE));
    expect(second!.path).toBe(`/?id=${ID}&next=${ID + 1n}`);
    expect(parseJson(second!.body)).toEqual({
      was: LARGE,
      text: `id=${ID}, {'id': ${ID}, 'list': [${NEGATIVE}, 1.5, '9007199254740993']}`,
      literal: ID,
    });
    expect(await outputsOf(task_id)).toEqual({ '${answer}': LARGE, '${large}': LARGE });
    const detail = await detailOf(task_id);
    expect(detail.constants['${large}'].value).toEqual(LARGE);
    expect(pipeline_tree.constants['${large}']!.value).toEqual(LARGE);
    const { a, b } = idsOf(pipeline_tree) as { a: string; b: string };
    expect((await nodeOf(task_id, a)).inputs.bk_http_request_body).toEqual(LARGE);
    expect((await nodeOf(task_id, a)).outputs).toContainEqual(expect.objectContaining({ key: 'answer', value: LARGE }));
    const data = (await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${b}`)).data;
    expect(data.inputs.bk_http_request_body.literal).toBe(ID);
    expect((await gantry.status(task_id)).state).toBe('FINISHED');
  });

  it('come back from a server, while a float that is whole stays one to the house', async () => {
    const tree = sketch({
      chains: ['S a b E'],
      activities: {
        a: { code: 'bk_http_request', inputs: { bk_http_request_method: 'GET', bk_http_request_url: server.url } },
        b: { inputs: { bk_display_message: '${answer["id"]} ${answer["float"]}' } },
      },
      constants: { answer: dataOf('a') },
      outputs: ['${answer}'],
    });
    const { task_id, pipeline_tree } = await run(tree);
    await gantry.untilState(task_id, 'FINISHED');

    expect(await outputsOf(task_id)).toEqual({ '${answer}': { id: ID, float: 12_345_678_901_234_567_000n } });
    const { inputs } = await nodeOf(task_id, idsOf(pipeline_tree).b!);
    expect(inputs.bk_display_message).toBe(`${ID} 1.2345678901234567e+19`);
  });

  it('go through quick plugins, whose worker comes to the same state as the workflow', async () => {
    const tree = sketch({
      chains: ['S a b c E'],
      activities: {
        a: { code: 'test_quick', inputs: { value: { ...LARGE, float: 1e20 } as unknown as Json } },
        b: { code: 'test_quick', inputs: { value: '${a["id"]} ${a["float"]} ${a["id"] % 10}' } },
        c: { code: 'test_quick', inputs: { value: '${a}' } },
      },
      constants: {
        a: { source_type: 'component_outputs', source_info: { a: ['value'] } },
        b: { source_type: 'component_outputs', source_info: { b: ['value'] } },
        c: { source_type: 'component_outputs', source_info: { c: ['value'] } },
      },
      outputs: ['${b}', '${c}'],
    });
    const { task_id } = await run(tree);
    await gantry.untilState(task_id, 'FINISHED');

    // Others are told the number as JavaScript writes it.
    const shown = { ...LARGE, float: 100_000_000_000_000_000_000n };
    expect(await outputsOf(task_id)).toEqual({ '${b}': `${ID} 1e+20 3`, '${c}': shown });
  });

  it('come with callbacks, new inputs and new constants', async () => {
    const tree = sketch({
      chains: ['S p a E'],
      activities: {
        p: { code: 'pause_node' },
        a: { ...echoing('http://127.0.0.2:8999/', { from: '${said}', and: '${n}' }) },
      },
      constants: {
        n: { value: 1 },
        said: { source_type: 'component_outputs', source_info: { p: ['callback_data'] } },
      },
      outputs: ['${said}'],
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const { p, a } = idsOf(pipeline_tree) as { p: string; a: string };
    const constants = { '${n}': NEGATIVE };
    expect(await gantry.post(`/apigw/modify_constants_for_task/${task_id}/1/`, { constants })).toMatchObject({
      result: true,
    });
    expect((await detailOf(task_id)).constants['${n}'].value).toBe(NEGATIVE);

    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => children[p]?.state === 'RUNNING');
    // Inputs of a node that was not reached are rendered in a thread of their own.
    expect((await nodeOf(task_id, a)).inputs.bk_http_request_body).toMatchObject({ and: NEGATIVE });
    const callback_data = { id: ID };
    expect(await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id: p, callback_data })).toMatchObject({
      result: true,
    });
    await gantry.untilState(task_id, 'FAILED');
    expect((await nodeOf(task_id, a)).inputs.bk_http_request_body).toEqual({ from: { id: ID }, and: NEGATIVE });

    const { inputs } = echoing(server.url, { again: ID });
    expect(
      await gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id: a, action: 'retry', inputs }),
    ).toMatchObject({ result: true });
    await gantry.untilState(task_id, 'FINISHED');
    expect(server.received.map(({ body }) => body)).toEqual([`{"again":${ID}}`]);
    expect(await outputsOf(task_id)).toEqual({ '${said}': { id: ID } });

    const { data } = await gantry.post(`/apigw/clone_task/${task_id}/1/`, { name: 'again' });
    expect(data.pipeline_tree.constants['${n}'].value).toBe(NEGATIVE);
  });

  it('come with a callback by its token, of which two with other last digits are two', async () => {
    const tree = sketch({
      chains: ['S p E'],
      activities: { p: { code: 'pause_node' } },
      constants: { said: { source_type: 'component_outputs', source_info: { p: ['callback_data'] } } },
      outputs: ['${said}'],
    });
    const { task_id, pipeline_tree } = await run(tree);
    const node = idsOf(pipeline_tree).p!;
    await gantry.until(task_id, ({ children }) => children[node]?.state === 'RUNNING');
    const answer = await gantry.get(`/apigw/get_node_callback_url/${task_id}/1/?node_id=${node}`);
    const url = new URL(answer.data.callback_url);

    expect(await gantry.post(url.pathname, { id: ID })).toMatchObject({ result: true });
    expect(await gantry.post(url.pathname, { id: ID })).toMatchObject({ result: true });
    await gantry.untilState(task_id, 'FINISHED');
    expect(await outputsOf(task_id)).toEqual({ '${said}': { id: ID } });
    expect(await gantry.post(url.pathname, { id: ID - 1n })).toMatchObject({ result: false });
  });

  it('go to subprocesses and to variables with a type', async () => {
    const inner = sketch({
      chains: ['S a E'],
      activities: { a: { inputs: { bk_display_message: '${given}' } } },
      constants: { given: { value: '' } },
      outputs: ['${given}'],
    });
    const tree = sketch({
      chains: ['S s b E'],
      activities: {
        s: { type: 'SubProcess', component: undefined, pipeline: inner } as never,
        b: { inputs: { bk_display_message: '${table.id[0]} ${table.flat__id} ${choice} ${back}' } },
      },
      constants: {
        n: { value: ID },
        table: { custom_type: 'datatable', value: [{ id: ID }, { id: NEGATIVE }] },
        choice: { custom_type: 'select', value: [ID, 'x'] },
        back: { source_type: 'component_outputs', source_info: { s: ['${given}'] } },
      },
    });
    inner.constants['${given}']!.value = '${n}';
    const { task_id, pipeline_tree } = await run(tree);
    await gantry.untilState(task_id, 'FINISHED');

    const { inputs } = await nodeOf(task_id, idsOf(pipeline_tree).b!);
    expect(inputs.bk_display_message).toBe(`${ID} ${ID}\n${NEGATIVE} ${ID},x ${ID}`);
  });

  it('are in what the creator of a task is told, and in what a webhook is', async () => {
    const tree = sketch({
      chains: ['S a E'],
      activities: {
        a: { code: 'bk_notify', version: 'v1.0', inputs: { bk_notify_content: '${n}', bk_notify_type: [ID] } },
      },
      constants: { n: { value: ID } },
      outputs: ['${n}'],
    });
    const more = { callback_url: `${server.url}/told`, callback_version: 'v2' };
    const id = await shelve(gantry.db, 'told', tree);
    const { task_id } = (await gantry.post(`/apigw/create_task/${id}/1/`, { name: 't', ...more })).data;
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FINISHED');
    await sendDueNotices(gantry.services);

    const texts = Object.fromEntries(server.received.map(({ path, body }) => [path, body]));
    expect(parseJson(texts['/webhook']!)).toMatchObject({ content: ID, notify_type: [ID] });
    expect(parseJson(texts['/told']!)).toMatchObject({ task_id, task_outputs: { '${n}': ID } });
    const { data } = await gantry.get(`/apigw/get_task_detail/${task_id}/1/?include_webhook_history=1`);
    expect(data.webhook_history[0].body.task_outputs).toEqual({ '${n}': ID });
  });

  it('tell two requests with one key apart', async () => {
    const body = (value: bigint) => ({
      name: 'once',
      pipeline_tree: sketch({ chains: ['S a E'], constants: { n: { value } } }),
    });
    const post = (value: bigint) =>
      gantry.post('/apigw/fast_create_task/1/', body(value), { 'Idempotency-Key': 'one-key' });

    const first = await post(ID);
    expect(first.data.pipeline_tree.constants['${n}'].value).toBe(ID);
    expect((await post(ID)).data.task_id).toBe(first.data.task_id);
    expect(await post(ID - 1n)).toMatchObject({
      result: false,
      message: expect.stringContaining('used for another request'),
    });
  });

  it.each(['dat', 'json', 'yaml'])('are in templates, their versions, and exports as %s', async (format) => {
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { inputs: { bk_display_message: NEGATIVE } } },
      constants: { n: { value: ID } },
    });
    const id = await shelve(gantry.db, `large ${format}`, tree);
    const infoOf = async (template: number) => (await gantry.get(`/apigw/get_template_info/${template}/1/`)).data;
    expect((await infoOf(id)).pipeline_tree.constants['${n}'].value).toBe(ID);
    const { version } = await infoOf(id);
    tree.constants['${n}']!.value = ID - 1n;
    await gantry.post(`/apigw/update_template/${id}/1/`, { pipeline_tree: tree });
    expect((await infoOf(id)).version).not.toBe(version);

    const exported = await gantry.post('/apigw/export_project_template/1/', { template_ids: [id], format });
    const { template_data } = exported.data;
    const imported = await gantry.post('/apigw/import_project_template/1/', { template_data, format });
    const { data } = await gantry.get(`/apigw/get_template_info/${Object.keys(imported.data.flows)[0]}/1/`);
    expect(data.pipeline_tree.constants['${n}'].value).toBe(ID - 1n);
    const [activity] = Object.values(data.pipeline_tree.activities) as { component: JsonObject }[];
    expect(activity!.component.data).toMatchObject({ bk_display_message: { value: NEGATIVE } });
  });

  it.each(['json', 'yaml'])('are in trees sent as %s text', async (format) => {
    const tree = sketch({ chains: ['S a E'], constants: { n: { value: ID } } });
    // JSON is YAML too.
    const body = { name: `text ${format}`, pipeline_tree: stringifyJson(tree), format };
    const { data } = await gantry.post('/apigw/create_template/1/', body);

    const info = await gantry.get(`/apigw/get_template_info/${data.template_id}/1/?format=${format}`);
    const shown = info.data.pipeline_tree;
    if (format === 'yaml') expect(shown).toContain(`value: ${ID}\n`);
    else expect(shown.constants['${n}'].value).toBe(ID);
  });

  it('are in tasks of templates, and of periodic tasks', async () => {
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { inputs: { bk_display_message: '${n}' } } },
      constants: { n: { value: 0, source_info: {} } },
      outputs: ['${n}'],
    });
    const id = await shelve(gantry.db, 'large', tree);
    const constants = { '${n}': ID };
    const { data: task } = await gantry.post(`/apigw/create_task/${id}/1/`, { name: 't', constants });
    expect(task.pipeline_tree.constants['${n}'].value).toBe(ID);

    const { data: periodic } = await gantry.post(`/apigw/create_periodic_task/${id}/1/`, {
      name: 'nightly',
      cron: NEVER_SOON,
      constants,
    });
    await syncUnsynced(gantry.services, PERIODIC);
    const { data: info } = await gantry.get(`/apigw/get_periodic_task_info/${periodic.id}/1/`);
    expect(info.form['${n}'].value).toBe(ID);
    const changed = await gantry.post(`/apigw/modify_constants_for_periodic_task/${periodic.id}/1/`, {
      constants: { '${n}': NEGATIVE },
    });
    expect(changed.result).toBe(true);
    const { data: launched } = await gantry.post(`/apigw/run_periodic_task_now/${periodic.id}/1/`);
    await gantry.untilState(launched.task_id, 'FINISHED');
    expect(await outputsOf(launched.task_id)).toEqual({ '${n}': NEGATIVE });

    const clocked = await gantry.post(`/apigw/create_clocked_task/${id}/1/`, {
      task_name: 'once',
      plan_start_time: '2099-01-01 00:00:00',
      task_parameters: { constants },
    });
    expect(clocked.data.task_parameters.constants).toEqual(constants);
    await gantry.services.schedules.remove(`clocked-${clocked.data.id}`);
  });

  it('are refused where no column and no limit has room for them, in words', async () => {
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { loop_config: { enable: true, loop_times: ID } } as never },
    });
    const create = (more: object) =>
      gantry.post('/apigw/fast_create_task/1/', { name: 't', pipeline_tree: sketch({ chains: ['S a E'] }), ...more });

    expect((await create({ rerun_limit: ID })).message).toMatch(/rerun_limit.*(?:Too big|too big)/);
    expect((await create({ name: ID })).message).toContain('expected string, received number');
    expect((await create({ pipeline_tree: tree })).message).toContain(`${ID} is not a whole number from 1 to`);
    expect((await create({ pipeline_tree: ID })).message).not.toContain('bigint');
    expect(await gantry.post('/apigw/get_tasks_status/', { task_ids: [ID] })).toMatchObject({ result: false });
    expect(await gantry.post(`/apigw/fast_create_task/${ID}/`, {})).toMatchObject({
      result: false,
      status: expect.any(Number),
    });
    expect(await gantry.post('/apigw/fast_create_task/1/', `{"name": ${'9'.repeat(5000)}}`)).toMatchObject({
      result: false,
    });
  });

  it('are numbers in the log', () => {
    const lines: string[] = [];
    const log = createLog('test', 'info', { write: (line) => void lines.push(line) });

    log.info({ id: ID, task: { ids: [NEGATIVE, 1] } }, 'seen');

    expect(parseJson(lines[0]!)).toMatchObject({ id: ID, task: { ids: [NEGATIVE, 1] } });
  });
});
