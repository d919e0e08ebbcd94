import { temporal } from '@temporalio/proto';
import { sql } from 'kysely';
import type { ServiceActivity } from '../../pipeline/tree/types';
import { Gantry } from '../support/gantry';
import { openReceiver, type Receiver } from '../support/receiver';
import { sketch } from '../support/trees';

const PASSWORD = 'Pa$$w0rd-öf-the-test';
const FIRST = 'first-clear-text-1';

/** How a careless server may say it again. */
const FORMS: Record<string, (secret: string) => string> = {
  base64: (secret) => Buffer.from(secret).toString('base64'),
  'base64 of more': (secret) => Buffer.from(`user:${secret}\n`).toString('base64'),
  hex: (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  'another case': (secret) => secret.toUpperCase(),
  URL: (secret) => encodeURIComponent(secret).toLowerCase(),
  JSON: (secret) => JSON.stringify({ secret }),
  entities: (secret) => [...secret].map((character) => `&#${character.codePointAt(0)};`).join(''),
};

/** A server that says again what it was sent. */
function openEcho(): Promise<Receiver> {
  return openReceiver(({ path, body }, response) => {
    response.writeHead(path === '/refuse' ? 403 : 200, { 'content-type': 'application/json' });
    const changed = Object.values(FORMS).map((write) => write(body));
    response.end(JSON.stringify({ echo: body, changed, [body]: /^\d+$/.test(body) ? Number(body) : 1 }));
  });
}

describe('a password variable', () => {
  let gantry: Gantry;
  let echo: Receiver;

  beforeAll(async () => {
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    echo = await openEcho();
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(async () => {
    await gantry.stop();
    await echo.close();
  });

  function request(path: string) {
    return {
      code: 'bk_http_request',
      inputs: {
        bk_http_request_method: 'POST',
        bk_http_request_url: `${echo.url}${path}`,
        bk_http_request_header: [{ name: 'authorization', value: 'Bearer ${token}' }],
        bk_http_request_body: '${pw}',
      },
    };
  }

  function treeOf(activities: Parameters<typeof sketch>[0]['activities'], chains = ['S a b E']) {
    return sketch({
      chains,
      activities,
      constants: {
        pw: { custom_type: 'password', value: { type: 'password_value', tag: 'value', value: PASSWORD } },
        token: { custom_type: 'password', value: FIRST },
        echoed: { source_type: 'component_outputs', source_info: { a: ['data'] }, value: '' },
      },
      outputs: ['${pw}', '${echoed}'],
    });
  }

  /** Everything that Postgres has, as text. */
  async function dump(): Promise<string> {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public'`.execute(gantry.db);
    const texts = [];
    for (const { name } of tables) {
      const { rows } = await sql<{ text: string }>`select t::text as text from ${sql.table(name)} t`.execute(gantry.db);
      texts.push(...rows.map(({ text }) => text));
    }
    return texts.join('\n');
  }

  /** The history as the server keeps it: payloads this small are not compressed. */
  async function bytesOf(taskId: number): Promise<string> {
    const { History } = temporal.api.history.v1;
    return Buffer.from(History.encode(await gantry.history(taskId)).finish()).toString();
  }

  function expectNone(text: string): void {
    for (const secret of [PASSWORD, FIRST]) {
      expect(text.includes(secret)).toBe(false);
      expect(text.includes(JSON.stringify(secret).slice(1, -1))).toBe(false);
      for (const write of Object.values(FORMS)) expect(text).not.toContain(write(secret));
    }
  }

  it('reaches the plugin in clear, and nothing else: no table, no history, no answer', async () => {
    const answers: string[] = [];
    const keep = async <T>(answer: Promise<T>): Promise<T> => {
      const got = await answer;
      answers.push(JSON.stringify(got));
      return got;
    };
    const tree = treeOf({ a: request('/'), b: { code: 'bk_display', inputs: { bk_display_message: 'it is ${pw}' } } });
    const { data } = await keep(gantry.post('/apigw/fast_create_task/1/', { name: 'secret', pipeline_tree: tree }));
    await gantry.start(data.task_id);
    await gantry.untilState(data.task_id, 'FINISHED');

    expect(echo.received.at(-1)!.body).toBe(PASSWORD);
    expect(echo.received.at(-1)!.headers.authorization).toBe(`Bearer ${FIRST}`);
    const detail = await keep(gantry.get(`/apigw/get_task_detail/${data.task_id}/1/`));
    expect(detail.data.constants['${pw}'].value.value).toBe('******');
    expect(detail.data.constants['${token}'].value).toBe('******');
    for (const node of Object.keys(data.pipeline_tree.activities)) {
      const shown = await keep(gantry.get(`/apigw/get_task_node_data/1/${data.task_id}/?node_id=${node}`));
      expect(JSON.stringify(shown.data.inputs)).toContain('******');
    }
    expectNone(answers.join('\n'));
    expect(answers.join('\n')).not.toContain('gsec:');
    expectNone(await dump());
    const history = await bytesOf(data.task_id);
    expect(history).toContain('gsec:v2:');
    expectNone(history);
  });

  it('is not told by an error either, and a retry with another one seals that too', async () => {
    const tree = treeOf({ a: request('/refuse'), b: {} });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FAILED');

    const shown = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`);
    expect(shown.data.ex_data).toContain('403');
    expectNone(JSON.stringify(shown));

    const typed = 'typed-by-the-operator';
    const inputs = {
      ...shown.data.inputs,
      bk_http_request_url: `${echo.url}/`,
      bk_http_request_body: typed,
    };
    const retried = await gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action: 'retry', inputs });
    expect(retried).toMatchObject({ result: true });
    await gantry.untilState(task_id, 'FINISHED');
    expect(echo.received.at(-1)!.body).toBe(typed);
    expect(echo.received.at(-1)!.headers.authorization).toBe(`Bearer ${FIRST}`);
    const texts = (await dump()) + (await bytesOf(task_id));
    expect(texts).not.toContain(typed);
    expectNone(texts);
  });

  it('is not told by the number that it is, nor by a condition that quotes it', async () => {
    const pin = '90817263';
    const tree = treeOf({ a: request('/'), b: {} });
    tree.constants['${pw}']!.value = pin;
    const { data } = (tree.activities.a as ServiceActivity).component;
    data.bk_http_success_exp = { hook: false, value: 'resp.none == ${pw} ${pw}' };
    const { task_id } = await gantry.create(tree);
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FAILED');

    expect(echo.received.at(-1)!.body).toBe(pin);
    const status = await gantry.get(`/apigw/get_task_status/${task_id}/1/?with_ex_data=1`);
    expect(Object.values(status.data.ex_data)).toEqual([
      expect.stringMatching(/^success condition cannot be evaluated: parse at \d+$/),
    ]);
    expect(await dump()).not.toContain(pin);
  });

  it('is handed on to a subprocess', async () => {
    const inner = sketch({
      chains: ['S a E'],
      activities: {
        a: {
          code: 'bk_http_request',
          inputs: { bk_http_request_method: 'POST', bk_http_request_url: echo.url, bk_http_request_body: '${inner}' },
        },
      },
      constants: { inner: { custom_type: 'password', value: '${pw}' } },
    });
    const { task_id } = await gantry.create(treeOf({ a: { type: 'SubProcess', pipeline: inner }, b: {} }));
    await gantry.start(task_id);

    await gantry.untilState(task_id, 'FINISHED');
    expect(echo.received.at(-1)!.body).toBe(PASSWORD);
  });

  it('is kept sealed by templates, and by all that is made of them', async () => {
    const made = await gantry.post('/apigw/create_template/1/', {
      name: 'kept',
      pipeline_tree: treeOf({ a: request('/') }),
    });
    const id = made.data.template_id;
    const info = await gantry.get(`/apigw/get_template_info/${id}/1/`);
    const tree = info.data.pipeline_tree;
    expect(tree.constants['${token}'].value).toBe('******');

    const same = await gantry.post(`/apigw/update_template/${id}/1/`, { pipeline_tree: tree });
    expect(same).toMatchObject({ result: true });
    expect(await gantry.db.selectFrom('template_versions').selectAll().execute()).toHaveLength(1);
    const exported = [];
    for (const format of ['dat', 'json', 'yaml']) {
      const { data } = await gantry.post('/apigw/export_project_template/1/', { template_ids: [id], format });
      exported.push(data.template_data, Buffer.from(data.template_data, 'base64').toString());
    }
    expectNone(exported.join());
    expect(exported.join()).not.toContain('gsec:');

    const constants = { '${token}': 'given-at-creation' };
    const later = { task_name: 'later', plan_start_time: '2099-01-01 00:00:00+0000', task_parameters: { constants } };
    const cron = { minute: '0', hour: '0', day_of_month: '1', month_of_year: '1', day_of_week: '*' };
    const answers = [
      await gantry.post(`/apigw/create_clocked_task/${id}/1/`, later),
      await gantry.post(`/apigw/create_periodic_task/${id}/1/`, { name: 'yearly', cron, constants }),
      await gantry.post(`/apigw/create_task/${id}/1/`, { name: 'of a template', constants }),
    ];
    expect(answers).toEqual(answers.map(() => expect.objectContaining({ result: true })));
    const periodic = answers[1]!.data.id;
    const changed = { constants: { '${token}': 'given-to-the-schedule', '${pw}': '******' } };
    expect(await gantry.post(`/apigw/modify_constants_for_periodic_task/${periodic}/1/`, changed)).toMatchObject({
      result: true,
    });
    const { task_id } = answers[2]!.data;
    expect(
      await gantry.post(`/apigw/modify_constants_for_task/${task_id}/1/`, {
        constants: { '${token}': 'given-to-the-task', '${pw}': '******' },
      }),
    ).toMatchObject({ result: true });

    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FINISHED');
    expect(echo.received.at(-1)!.body).toBe(PASSWORD);
    expect(echo.received.at(-1)!.headers.authorization).toBe('Bearer given-to-the-task');
    const stored = (await dump()) + (await bytesOf(task_id));
    expectNone(stored);
    expect(stored).not.toMatch(/given-(at-creation|to-the)/);
  });

  it('is refused when it comes masked, and when there is no key', async () => {
    const masked = sketch({ chains: ['S a E'], constants: { pw: { custom_type: 'password', value: '******' } } });
    const answer = await gantry.post('/apigw/fast_create_task/1/', { name: 'masked', pipeline_tree: masked });
    expect(answer).toMatchObject({ result: false, code: 3540000 });
    expect(answer.message).toContain('${pw}');

    const keys = process.env.GANTRY_SECRET_KEYS;
    delete process.env.GANTRY_SECRET_KEYS;
    const keyless = await gantry.post('/apigw/fast_create_task/1/', { name: 'no key', pipeline_tree: treeOf({}) });
    process.env.GANTRY_SECRET_KEYS = keys;
    expect(keyless).toMatchObject({ result: false });
    expect(keyless.message).toContain('GANTRY_SECRET_KEYS');
    expectNone(JSON.stringify(keyless));
  });

  it('fails its node when its key is gone', async () => {
    const { task_id } = await gantry.create(treeOf({ a: request('/'), b: {} }));
    const keys = process.env.GANTRY_SECRET_KEYS;
    process.env.GANTRY_SECRET_KEYS = `other:${Buffer.alloc(32, 'other').toString('base64')}`;
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FAILED');
    process.env.GANTRY_SECRET_KEYS = keys;

    const { data } = await gantry.get(`/apigw/get_task_status/${task_id}/1/?with_ex_data=1`);
    expect(JSON.stringify(data.ex_data)).toContain('GANTRY_SECRET_KEYS has no key test');
  });
});
