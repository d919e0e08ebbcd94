import { sql } from 'kysely';
import pino from 'pino';
import { createApp } from '../../api/app';
import { readiness } from '../../api/ready';
import { connect, type Db } from '../../db/connection';
import { databaseTrouble } from '../../db/errors';
import { ApiClient, authorization, CALLER } from '../support/client';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';
import { Wire } from '../support/wire';

const HEADERS = authorization(CALLER);
const LIST = '/apigw/get_user_project_list/';
const TASK = JSON.stringify({ name: 'x', pipeline_tree: sketch({ chains: ['S a E'] }) });
const never = new Promise<never>(() => {});

describe('readiness', () => {
  it('is what each of those that are needed says, and no for one that fails or hangs', async () => {
    const look = readiness(
      {
        there: async () => true,
        away: async () => false,
        failing: () => Promise.reject(new Error('no')),
        hanging: () => never,
      },
      20,
    );

    expect(await look()).toEqual({ there: true, away: false, failing: false, hanging: false });
  });

  it('does not ask one that hangs again and again, and hears it when it is back', async () => {
    let asked = 0;
    let answer = (_isUp: boolean) => {};
    const look = readiness(
      {
        postgres: () => {
          asked += 1;
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      },
      20,
    );
    await Promise.all([look(), look(), look()]);
    expect(asked).toBe(1);

    const heard = look();
    answer(true);
    expect(await heard).toEqual({ postgres: true });
    expect(asked).toBe(1);

    void look();
    expect(asked).toBe(2);
  });
});

describe('a statement of a request', () => {
  let gantry: Gantry;
  let db: Db;

  beforeAll(async () => {
    gantry = await Gantry.create();
    db = connect(gantry.databaseUrl, { maxConnections: 1, statementTimeoutMs: 300 });
  });

  afterAll(async () => {
    await db.destroy();
    await gantry.stop();
  });

  it('that takes too long is given up, and leaves nothing behind', async () => {
    const client = ApiClient.of(createApp({ services: { ...gantry.services, db } }));
    const create = () => client.ask({ path: '/apigw/fast_create_task/1/', headers: HEADERS, body: TASK });
    const refused = await gantry.db.transaction().execute(async (tx) => {
      await sql`lock table task_programs in access exclusive mode`.execute(tx);
      return create();
    });

    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect(JSON.parse(refused.text)).toMatchObject({
      result: false,
      message: 'Postgres takes too long for this',
      data: null,
    });
    expect(await db.selectFrom('tasks').select('id').execute()).toEqual([]);
    expect((await create()).status).toBe(200);
    expect(await db.selectFrom('tasks').select('id').execute()).toHaveLength(1);
  });

  it('ends its transaction, whose connection serves the next one', async () => {
    const failure = await db
      .transaction()
      .execute(async (tx) => {
        await tx.insertInto('users').values({ name: 'left behind' }).execute();
        await sql`select pg_sleep(30)`.execute(tx);
      })
      .catch((error: unknown) => error);

    expect(databaseTrouble(failure)).toBe('Postgres takes too long for this');
    expect(await db.selectFrom('users').select('name').where('name', '=', 'left behind').execute()).toEqual([]);
  });

  it('takes as long as it takes where that was not asked for', async () => {
    const limits = await sql<{ statement_timeout: string }>`show statement_timeout`.execute(gantry.db);

    expect(limits.rows).toEqual([{ statement_timeout: '0' }]);
  });
});

describe('with a Postgres that hangs', () => {
  let gantry: Gantry;
  let wire: Wire;
  let db: Db;
  let isFrozen = false;

  beforeAll(async () => {
    gantry = await Gantry.create();
    const { hostname, port } = new URL(gantry.databaseUrl);
    wire = await Wire.open({ host: hostname, port: Number(port) }, () => ({ fromClient: () => !isFrozen }));
    const url = new URL(gantry.databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(wire.port);
    db = connect(url.href, { maxConnections: 10, statementTimeoutMs: 100 });
  });

  afterAll(async () => {
    wire.close();
    await db.destroy();
    await gantry.stop();
  });

  it('is not ready, answers 503, and works on when that is back', async () => {
    const client = ApiClient.of(
      createApp({
        services: { ...gantry.services, db, log: pino({ level: 'silent' }) },
        isReady: () => gantry.services.pipelines.isReachable(),
      }),
    );
    const ready = async () => {
      const { status, text } = await client.ask({ method: 'GET', path: '/readyz' });
      return { code: status, ...(JSON.parse(text) as { status: string; checks: object }) };
    };
    const list = () => client.ask({ method: 'GET', path: LIST, headers: HEADERS });
    expect(await ready()).toEqual({ code: 200, status: 'ready', checks: { postgres: true, temporal: true } });
    await Promise.all([list(), list(), list()]);

    isFrozen = true;
    const answers = await Promise.all([list(), list(), list()]);
    const whileFrozen = await ready();
    isFrozen = false;

    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('1');
      expect(JSON.parse(answer.text)).toMatchObject({
        result: false,
        message: 'Postgres cannot be reached',
        data: null,
      });
    }
    expect(whileFrozen).toEqual({ code: 503, status: 'not ready', checks: { postgres: false, temporal: true } });
    // What hung is not waited for any more.
    const after = await Promise.all([list(), list(), list(), list()]);
    expect(after.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});
