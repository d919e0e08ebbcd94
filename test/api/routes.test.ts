import { sql } from 'kysely';
import { createApp } from '../../api/app';
import { endpoints } from '../../api/bk-sops';
import type { Endpoint } from '../../api/bk-sops/endpoint';
import { includesRole } from '../../api/permission';
import type { Role } from '../../db/schema';
import { addCaller, addPlainApp, authorization, PLAIN_APP } from '../support/callers';
import { type Answer, Gantry } from '../support/gantry';
import { sampleOf } from '../support/samples';
import { sketch } from '../support/trees';

const ESB = '/api/c/compapi/v2/sops';
const ROLES: Role[] = ['viewer', 'operator', 'editor', 'admin'];

/** Every kind of object of the other project has this id; none of the own project has. */
const FOREIGN = 5001;
/** In the name of whatever is in the other project. */
const MARK = 'foreign-secret';

/** Routes that need no login, each with what it needs instead. */
const OPEN = [
  'GET /healthz',
  'GET /readyz',
  'GET /openapi.json',
  // Decodes what it is sent; the path has a random word.
  'ALL /codec/word/*',
  'POST /codec/word/decode',
  // Leads to the Temporal Web UI, which has its own login.
  'GET /taskflow/execute/:project_id{[0-9]+}',
  // The token in the path is the login.
  'POST /callback/:token',
  'POST /taskflow/api/v4/nodes/callback/:token',
];

const TREE = sketch({
  chains: ['S a E'],
  activities: { a: { optional: true, inputs: { bk_display_message: MARK } } },
  constants: { secret: { value: MARK } },
});

/** For inputs of which a schema does not say enough: what to send instead, or not at all. */
const SAMPLES: Record<string, Record<string, unknown>> = {
  fast_create_task: { name: 'own', pipeline_tree: sketch({ chains: ['S a E'] }) },
  create_template: { name: 'own', pipeline_tree: sketch({ chains: ['S a E'] }), template_labels: [FOREIGN] },
  create_clocked_task: { task_name: 'own', plan_start_time: '2099-01-01 00:00:00' },
  create_task: { template_schemes_id: undefined },
  create_and_start_task: { template_schemes_id: undefined },
  preview_task_tree: { exclude_task_nodes_id: undefined },
  preview_common_task_tree: { exclude_task_nodes_id: undefined },
  modify_template_executor_proxy: { executor_proxy: '' },
  query_task_count: { group_by: 'status' },
  modify_project_executor_proxy: { executor_proxy: '' },
  create_project: { name: 'own' },
  update_project: { name: 'own', new_bk_biz_id: undefined },
  register_project: { bk_biz_id: 7001 },
};

const named = endpoints.map((endpoint) => [endpoint.name, endpoint] as const);
const inProject = named.filter(([, { path }]) => path.includes('bk_biz_id'));
const ofObjects = inProject.filter(([, { path }]) => path.length > 1);
const isDelete = (name: string) => Number(name.startsWith('delete_'));
const isOfCommon = (name: string) => name.includes('_common_');
const deletingLast = ofObjects.filter(([name]) => !isOfCommon(name)).sort(([a], [b]) => isDelete(a) - isDelete(b));

describe('every route', () => {
  it('is an endpoint that declares what it needs, or one of those that are open', () => {
    const app = createApp({ services: {} as Gantry['services'], codecToken: 'word', temporalUiUrl: 'http://ui.test' });
    const declared = endpoints.flatMap(({ name, method, path }) => {
      const paths = [`/apigw/${name}${path.map((id) => `/:${id}{[0-9]+}`).join('')}`, `${ESB}/${name}`];
      return paths.flatMap((path) => [`${method.toUpperCase()} ${path}`, `ALL ${path}`]);
    });
    const middleware = ['ALL /*'];

    const unknown = app.routes
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => ![...declared, ...OPEN, ...middleware].includes(route));

    expect(unknown).toEqual([]);
    expect(new Set(declared).size).toBe(declared.length);
  });
});

describe('an endpoint', () => {
  let gantry: Gantry;
  const callers = new Map<string, Record<string, string>>();
  const as = (name: string) => callers.get(name)!;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    callers.set('nobody', authorization({}));
    callers.set('impostor', authorization({ ...PLAIN_APP, bk_app_secret: 'wrong', bk_username: 'admin' }));
    callers.set('stranger', await addCaller(gantry, 'stranger', null));
    for (const role of ROLES) callers.set(role, await addCaller(gantry, `own-${role}`, role));
    await fillOtherProject(gantry);
    callers.set('neighbour', await addCaller(gantry, 'neighbour', 'admin', FOREIGN));
  });

  afterAll(() => gantry.stop());

  /** Sends an endpoint its request in a project, with the id of an object of each kind, in one of the two styles. */
  function ask(endpoint: Endpoint, project: number, headers: Record<string, string>, style: 'app' | 'esb' = 'app') {
    const { name, method, path } = endpoint;
    const ids = Object.fromEntries(path.map((id) => [id, id === 'bk_biz_id' ? project : FOREIGN]));
    const input = { ...sampleOf(endpoint, FOREIGN), ...SAMPLES[name] };
    const fields = style === 'app' ? input : { ...input, ...ids };
    const base = style === 'app' ? `/apigw/${name}/${path.map((id) => `${ids[id]}/`).join('')}` : `${ESB}/${name}/`;
    return method === 'post'
      ? gantry.post(base, fields, headers)
      : gantry.send('GET', base + queryOf(fields), undefined, headers);
  }

  it.each(named)('%s is for known callers only', async (_name, endpoint) => {
    for (const style of ['app', 'esb'] as const) {
      for (const caller of ['nobody', 'impostor']) {
        expect(await ask(endpoint, 1, as(caller), style)).toMatchObject({ status: 401, result: false, data: null });
      }
    }
  });

  it.each(inProject)('%s is for members of the project only', async (_name, endpoint) => {
    for (const style of ['app', 'esb'] as const) {
      for (const caller of ['stranger', 'neighbour']) {
        expect(await ask(endpoint, 1, as(caller), style)).toMatchObject({ status: 403, code: 3540100, data: null });
      }
    }
  });

  it.each(named)('%s is for those who have its role, and no lower one', async (_name, endpoint) => {
    for (const role of ROLES) {
      const { status, message } = await ask(endpoint, 1, as(role));
      const { needs } = endpoint;
      const may = needs === 'user' || (needs !== 'trusted' && includesRole(role, needs));
      // Copying needs a role in another project too.
      if (may && !message.includes(`project(${FOREIGN})`)) expect(status).not.toBe(403);
      else expect(status).toBe(403);
    }
  });

  it.each(ofObjects)('%s has no object of another project', async (_name, endpoint) => {
    for (const style of ['app', 'esb'] as const) {
      const answer = await ask(endpoint, 1, as('admin'), style);

      expect(answer).toMatchObject({ result: false, data: null });
      // What needs a trusted app is refused before.
      if (endpoint.needs !== 'trusted') expect(answer.message).toMatch(/does not exist|not found/);
    }
  });

  it.each(named)('%s tells and changes nothing of another project', async (_name, endpoint) => {
    const before = await otherProject(gantry);

    for (const style of ['app', 'esb'] as const) {
      expect(JSON.stringify(await ask(endpoint, 1, as('admin'), style))).not.toContain(MARK);
    }

    expect(await otherProject(gantry)).toEqual(before);
  });

  // The last, for it changes what the others look at: were the requests above such as could have found something?
  it.each(deletingLast)('%s finds the object in its own project', async (_name, endpoint) => {
    const { message } = await ask(endpoint, FOREIGN, as('neighbour'));

    expect(message).not.toMatch(/does not exist|not found/);
  });
});

function queryOf(fields: object): string {
  const texts = Object.entries(fields).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return `?${new URLSearchParams(texts)}`;
}

/** A project with an object of every kind, each of the same id. */
async function fillOtherProject(gantry: Gantry): Promise<void> {
  const tables = [
    'projects',
    'tasks',
    'templates',
    'template_schemes',
    'labels',
    'periodic_tasks',
    'clocked_tasks',
    'function_tasks',
  ];
  for (const table of tables) {
    await sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${FOREIGN - 1})`.execute(gantry.db);
  }
  const post = async (path: string, body: object) => {
    const answer: Answer = await gantry.post(`/apigw/${path}/`, body);
    if (!answer.result) throw new Error(`${path}: ${answer.message}`);
    return answer.data;
  };
  await post('create_project', { name: MARK, bk_biz_id: FOREIGN });
  await post(`fast_create_task/${FOREIGN}`, { name: MARK, pipeline_tree: TREE, flow_type: 'common_func' });
  await post(`create_template/${FOREIGN}`, { name: MARK, pipeline_tree: TREE });
  await post(`create_template_scheme/${FOREIGN}/${FOREIGN}`, { name: MARK, data: ['a'] });
  await post(`create_label/${FOREIGN}`, { name: MARK });
  await post(`create_periodic_task/${FOREIGN}/${FOREIGN}`, { name: MARK, cron: { minute: '0' } });
  await post(`create_clocked_task/${FOREIGN}/${FOREIGN}`, { task_name: MARK, plan_start_time: '2099-01-01 00:00:00' });
  await post(`set_project_constant/${FOREIGN}`, { key: 'secret', value: MARK });
}

/** All that Postgres has of it. */
async function otherProject({ db }: Gantry): Promise<Record<string, unknown[]>> {
  const { rows } = await sql<{ table_name: string; column_name: string }>`
    select table_name, min(column_name) as column_name from information_schema.columns
    where table_schema = 'public' and column_name in ('project_id', 'task_id', 'template_id')
    group by table_name order by table_name`.execute(db);
  const tables = [...rows, { table_name: 'projects', column_name: 'id' }];
  const read = async ({ table_name, column_name }: (typeof tables)[number]) => {
    const found = await sql<{ row: unknown }>`
      select to_jsonb(t) as row from ${sql.table(table_name)} t where ${sql.ref(column_name)} = ${FOREIGN}
      order by 1`.execute(db);
    return [table_name, found.rows] as const;
  };
  return Object.fromEntries(await Promise.all(tables.map(read)));
}
