import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { connect, type Db, openPool } from '../../db/connection';
import { databaseTrouble } from '../../db/errors';
import { eventually } from '../support/eventually';
import { type OwnPostgres, ownPostgres } from '../support/own-postgres';

const AWAY = 'Postgres cannot be reached';
const MAX_CONNECTIONS = 3;

/** What a break in the connection is noticed by takes a moment to come through the socket. */
const NOTICED_MS = 100;

describe('a database that goes away', () => {
  let postgres: OwnPostgres;
  let db: Db;

  beforeAll(async () => {
    postgres = await ownPostgres();
  });
  afterAll(() => postgres.remove());
  beforeEach(() => {
    db = connect(postgres.url, { maxConnections: MAX_CONNECTIONS });
  });
  afterEach(() => db.destroy());

  const ask = async () => (await sql<{ one: number }>`select 1 as one`.execute(db)).rows;
  const troubleOf = (work: Promise<unknown>) =>
    work.then(
      () => 'nothing',
      (error: unknown) => databaseTrouble(error) ?? error,
    );
  const restart = async () => {
    await postgres.stop();
    await postgres.start();
  };
  const crash = async () => {
    await postgres.stop('SIGKILL');
    await postgres.start();
  };
  const killOne = async () => {
    await postgres.killBackend();
    await delay(NOTICED_MS);
    await postgres.untilServes();
  };
  const faults: [name: string, fault: () => Promise<unknown>][] = [
    ['its backends are terminated', () => postgres.terminateBackends()],
    ['one of its backends is killed', killOne],
    ['it is restarted', restart],
    ['it is killed', crash],
  ];

  /** As many at once as there may be connections: none may have got lost. */
  const askEverywhere = () => Promise.all(Array.from({ length: MAX_CONNECTIONS * 2 }, ask));

  it.each(faults)('answers the next query when %s while nobody asks', async (_name, fault) => {
    await askEverywhere();

    await fault();
    await delay(NOTICED_MS);

    expect(await askEverywhere()).toHaveLength(MAX_CONNECTIONS * 2);
  });

  it.each(faults)('fails a transaction when %s between two of its statements', async (_name, fault) => {
    const transaction = db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      await fault();
      await delay(NOTICED_MS);
      await sql`select 2`.execute(tx);
    });

    expect(await troubleOf(transaction)).toBe(AWAY);
    expect(await askEverywhere()).toHaveLength(MAX_CONNECTIONS * 2);
  });

  it.each(faults)('fails a transaction that has asked its last when %s', async (_name, fault) => {
    const transaction = db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      await fault();
    });

    expect(await troubleOf(transaction)).toBe(AWAY);
    expect(await askEverywhere()).toHaveLength(MAX_CONNECTIONS * 2);
  });

  it.each(faults)('fails the statement when %s meanwhile', async (_name, fault) => {
    const asked = troubleOf(sql`select pg_sleep(120)`.execute(db));
    await postgres.untilAsked('select pg_sleep(120)');

    await fault();

    expect(await asked).toBe(AWAY);
    expect(await askEverywhere()).toHaveLength(MAX_CONNECTIONS * 2);
  });

  it('gives nobody a connection that the server has just ended', async () => {
    const one = connect(postgres.url, { maxConnections: 1 });
    const answers: unknown[] = [];
    for (let round = 0; round < 30; round++) {
      const asked = sql`select pg_sleep(30)`.execute(one).catch(() => sql`select 1`.execute(one));
      await delay(5);
      const patience = { isWanted: (count: number) => count > 0, everyMs: 5 };
      await eventually('there is a backend to terminate', () => postgres.terminateBackends(), patience);
      answers.push(await troubleOf(asked));
    }
    await one.destroy();

    expect(new Set(answers)).toEqual(new Set(['nothing']));
  });

  it('gives every connection back that broke before it could be used', async () => {
    await postgres.stop();

    const refused = await Promise.all(Array.from({ length: MAX_CONNECTIONS * 2 }, () => troubleOf(ask())));
    await postgres.start();

    expect(new Set(refused)).toEqual(new Set([AWAY]));
    expect(await askEverywhere()).toHaveLength(MAX_CONNECTIONS * 2);
  });

  it('answers again, however often connections break while they are made', async () => {
    const breaking = new AbortController();
    const breaker = (async () => {
      while (!breaking.signal.aborted) await postgres.terminateBackends();
    })();
    const troubles = new Set<unknown>();
    const until = Date.now() + 60_000;
    // Until one has been broken just then.
    for (let round = 0; round < 60 || (!troubles.has(AWAY) && Date.now() < until); round++) {
      const fresh = Array.from({ length: MAX_CONNECTIONS }, () => troubleOf(ask()));
      for (const trouble of await Promise.all(fresh)) troubles.add(trouble);
    }
    breaking.abort();
    await breaker;
    await delay(NOTICED_MS);

    troubles.delete('nothing');
    expect([...troubles]).toEqual([AWAY]);
    expect(await askEverywhere()).toHaveLength(MAX_CONNECTIONS * 2);
  });

  it('also breaks the connections of a bare pool without harm', async () => {
    const pool = openPool(postgres.url);
    const client = await pool.connect();

    await postgres.terminateBackends();
    await delay(NOTICED_MS);

    expect(await troubleOf(client.query('select 1'))).toBe(AWAY);
    client.release();
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});
