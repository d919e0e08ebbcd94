import { sql } from 'kysely';
import { includesRole } from '../../access/permission';
import { createApp } from '../../api/app';
import { sops } from '../../api/bk-sops';
import type { Endpoint } from '../../api/bk-sops/endpoint';
import { cmdb } from '../../api/cmdb';
import type { DoorEndpoint } from '../../api/endpoint';
import type { Family } from '../../api/family';
import { orion } from '../../api/orion';
import { v1 } from '../../api/v1';
import type { Role } from '../../db/schema';
import { addCaller, addPlainApp, PLAIN_APP } from '../support/callers';
import { authorization } from '../support/client';
import { fillProject } from '../support/every-object';
import { Gantry } from '../support/gantry';
import { named, requestOf, sendBy, waysOf } from '../support/requests';

const ROLES: Role[] = ['viewer', 'operator', 'editor', 'admin'];

/** Every kind of object of the other project has this id; none of the own project has. */
const FOREIGN = 5001;
/** In the name of whatever is in the other project. */
const MARK = 'foreign-secret';

/** Routes that need no login, each with what it needs instead. */
const OPEN = [
  'GET /healthz',
  'GET /readyz',
  // For this machine alone, or with a token of its own.
  'GET /metrics',
  'GET /openapi.json',
  'GET /api/v1/openapi.json',
  // Decodes what it is sent; the path has a random word.
  'ALL /codec/word/*',
  'POST /codec/word/decode',
  // Leads to the Temporal Web UI, which has its own login.
  'GET /taskflow/execute/:project_id{[0-9]+}',
  // The token in the path is the login.
  'POST /callback/:token',
  'POST /taskflow/api/v4/nodes/callback/:token',
];

const inProject = named.filter(([, { path }]) => path.includes('bk_biz_id'));
const ofObjects = inProject.filter(([, { path }]) => path.length > 1);
const isDelete = (name: string) => Number(name.startsWith('delete_'));
const isOfCommon = (name: string) => name.includes('_common_');
const deletingLast = ofObjects.filter(([name]) => !isOfCommon(name)).sort(([a], [b]) => isDelete(a) - isDelete(b));

describe('every route', () => {
  it('is an endpoint that declares what it needs, or one of those that are open', () => {
    const app = createApp({ services: {} as Gantry['services'], codecToken: 'word', temporalUiUrl: 'http://ui.test' });
    const declared = [...routesIn(sops), ...routesIn(cmdb), ...routesIn(orion), ...routesIn(v1)];
    const middleware = ['ALL /*'];

    const unknown = app.routes
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => ![...declared, ...OPEN, ...middleware].includes(route));

    expect(unknown).toEqual([]);
    const served = declared.filter((route) => !route.startsWith('ALL '));
    expect(new Set(served).size).toBe(served.length);
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
    await fillProject(gantry, FOREIGN, MARK);
    callers.set('neighbour', await addCaller(gantry, 'neighbour', 'admin', FOREIGN));
  });

  afterAll(() => gantry.stop());

  /** Sends an endpoint its request in a project, with the id of an object of each kind in it. */
  function ask(endpoint: Endpoint, project: number, headers: Record<string, string>, [way] = waysOf(endpoint)) {
    return sendBy(gantry, endpoint, way!, requestOf(endpoint, { project, object: FOREIGN }), headers);
  }

  it.each(named)('%s is for known callers only', async (_name, endpoint) => {
    for (const way of waysOf(endpoint)) {
      for (const caller of ['nobody', 'impostor']) {
        expect(await ask(endpoint, 1, as(caller), [way])).toMatchObject({ status: 401, result: false, data: null });
      }
    }
  });

  it.each(inProject)('%s is for members of the project only', async (_name, endpoint) => {
    for (const way of waysOf(endpoint)) {
      for (const caller of ['stranger', 'neighbour']) {
        expect(await ask(endpoint, 1, as(caller), [way])).toMatchObject({ status: 403, code: 3540100, data: null });
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
    for (const way of waysOf(endpoint)) {
      const answer = await ask(endpoint, 1, as('admin'), [way]);

      expect(answer).toMatchObject({ result: false, data: null });
      // What needs a trusted app is refused before.
      if (endpoint.needs !== 'trusted') expect(answer.message).toMatch(/does not exist|not found/);
    }
  });

  it.each(named)('%s tells and changes nothing of another project', async (_name, endpoint) => {
    const before = await otherProject(gantry);

    for (const way of waysOf(endpoint)) {
      expect(JSON.stringify(await ask(endpoint, 1, as('admin'), [way]))).not.toContain(MARK);
    }

    expect(await otherProject(gantry)).toEqual(before);
  });

  // The last, for it changes what the others look at: were the requests above such as could have found something?
  it.each(deletingLast)('%s finds the object in its own project', async (_name, endpoint) => {
    const { message } = await ask(endpoint, FOREIGN, as('neighbour'));

    expect(message).not.toMatch(/does not exist|not found/);
  });
});

function routesIn<E extends DoorEndpoint>({ endpoints, routesOf }: Family<E>): string[] {
  return endpoints.flatMap((endpoint) =>
    routesOf(endpoint).flatMap(({ path, methods }) => [
      ...methods.map((method) => `${method.toUpperCase()} ${path}`),
      `ALL ${path}`,
    ]),
  );
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
