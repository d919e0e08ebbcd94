import fc from 'fast-check';
import { sql } from 'kysely';
import { Client } from 'pg';
import { isCursor, lookForChanges, readCursor, SEEN_NOTHING } from '../../db/changes';
import { claimRuns } from '../../db/host-runs';
import { TaskWatch } from '../../tasks/view/watch';
import { Gantry } from '../support/gantry';
import { endRun, makeHostStep } from '../support/host-steps';

const HOSTS = 6;

describe('changes of a task', () => {
  let gantry: Gantry;
  let other: Gantry;
  const writers: Client[] = [];

  beforeAll(async () => {
    gantry = await Gantry.create();
    other = await gantry.another();
    for (let count = 0; count < 4; count++) {
      const writer = new Client(gantry.databaseUrl);
      await writer.connect();
      writers.push(writer);
    }
  });

  afterAll(async () => {
    for (const writer of writers) await writer.end();
    await other.stop();
    await gantry.stop();
  });

  async function place() {
    const stepId = await makeHostStep(gantry.db, HOSTS);
    const { task_id, project_id } = await gantry.db
      .selectFrom('host_steps')
      .selectAll()
      .where('id', '=', stepId)
      .executeTakeFirstOrThrow();
    return { stepId, at: { taskId: task_id, projectId: project_id } };
  }

  it('are those after a cursor, and no others', async () => {
    const { stepId, at } = await place();
    const before = await readCursor(gantry.db);
    const [run] = await claimRuns(gantry.db, { stepId, part: 0, limit: 1 });
    const between = await readCursor(gantry.db);
    await endRun(gantry.db, run!, { status: 'failed', reason: 'it failed' });

    expect(await lookForChanges(gantry.db, at, SEEN_NOTHING)).toMatchObject({ task: true, steps: true, runs: true });
    expect(await lookForChanges(gantry.db, at, before)).toMatchObject({ task: false, steps: true, runs: true });
    expect(await lookForChanges(gantry.db, at, between)).toMatchObject({ steps: true, runs: true });
    const { now } = (await lookForChanges(gantry.db, at, between))!;
    expect(await lookForChanges(gantry.db, at, now)).toMatchObject({ task: false, steps: false, runs: false });
    expect(await lookForChanges(gantry.db, { ...at, projectId: 1 }, SEEN_NOTHING)).toBeUndefined();
  });

  it('are all told anew to whose cursor is of another server, or of later', async () => {
    const { at } = await place();

    const look = await lookForChanges(gantry.db, at, '900000000000:900000000001:900000000000');

    expect(look).toMatchObject({ since: SEEN_NOTHING, task: true, runs: true });
  });

  it('are told once of rows that were restored from a server that had come further', async () => {
    const { at } = await place();
    await sql`
      insert into node_executions (task_id, node_id, loop, retry, inner_loop, seq, status, changed_xid)
      values (${at.taskId}, 'restored', 1, 0, 1, 1, 'FINISHED', '900000000000')`.execute(gantry.db);

    const first = await lookForChanges(gantry.db, at, SEEN_NOTHING);
    const second = await lookForChanges(gantry.db, at, first!.now);

    expect([first!.nodes, second!.nodes]).toEqual([true, false]);
  });

  it.each([
    ['1:1:', true],
    ['7:9:7,8', true],
    ['9223372036854775807:9223372036854775807:', true],
    ...[
      '',
      '1:1',
      '0:1:',
      '2:1:',
      '1:1:1',
      '1:5:3,2',
      '1:5:3,3',
      '1:5:5',
      '1:5:0',
      'a:1:',
      '1:1:,',
      ' 1:1:',
      '1:1:\n',
    ].map((text) => [text, false] as const),
    ['9223372036854775808:9223372036854775808:', false],
  ] as const)('know of %j whether it is a cursor', async (text, isOne) => {
    expect(isCursor(text)).toBe(isOne);
    // Whatever is taken for one the server takes too.
    if (isOne) await sql`select ${text}::pg_snapshot`.execute(gantry.db);
  });

  it('do not take endless texts for cursors', () => {
    const xids = Array.from({ length: 1000 }, (_, at) => 10_000 + at);
    expect(isCursor(`10000:20000:${xids.slice(0, 100)}`)).toBe(true);
    expect(isCursor(`10000:20000:${xids}`)).toBe(false);
  });

  /** What a writer does next: begins, writes the host of a number, commits or gives up. */
  const move = fc.record({
    writer: fc.nat({ max: 3 }),
    what: fc.constantFrom('begin', 'write', 'write', 'commit', 'commit', 'rollback'),
    host: fc.integer({ min: 1, max: HOSTS }),
    /** Which reader looks then, whether it comes back as a new one, and whether it loses what it was sent last. */
    reader: fc.constantFrom(0, 1, undefined),
    fails: fc.boolean(),
  });

  it('are missed by no reader, whatever the order in which transactions begin and end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 10, maxLength: 60 }), async (moves) => {
        const { stepId, at } = await place();
        const readers = [newReader(gantry, at), newReader(other, at)];
        const open = new Map<number, Set<number>>();
        let written = 0;
        for (const { writer, what, host, reader, fails } of moves) {
          const own = open.get(writer);
          const client = writers[writer]!;
          if (what === 'begin' && !own) {
            await client.query('begin');
            open.set(writer, new Set());
          } else if (what === 'write') {
            // A row that another transaction has written would be waited for.
            const isHeld = [...open].some(([who, hosts]) => who !== writer && hosts.has(host));
            if (isHeld) continue;
            written += 1;
            const reason = `written ${written}`;
            const text = 'update host_runs set reason = $1 where step_id = $2 and place = $3';
            await client.query(text, [reason, stepId, host]);
            own?.add(host);
          } else if ((what === 'commit' || what === 'rollback') && own) {
            await client.query(what);
            open.delete(writer);
          }
          if (reader !== undefined) await readers[reader]!.look(fails);
        }
        for (const [writer] of open) await writers[writer]!.query('commit');
        for (const reader of readers) {
          await reader.look(false);
          const rows = await gantry.db.selectFrom('host_runs').selectAll().where('step_id', '=', stepId).execute();
          expect(reader.seen).toEqual(new Map(rows.map(({ place, reason }) => [place, reason])));
          const { seenTwice } = reader;
          await reader.look(false);
          expect(reader.seenTwice).toBe(seenTwice);
        }
      }),
      { numRuns: 60 },
    );
  });

  /** A client that keeps what it has seen, and its cursor. */
  function newReader({ services }: Gantry, at: { taskId: number; projectId: number }) {
    let cursor: string | undefined;
    const reader = {
      seen: new Map<number, string>(),
      seenTwice: 0,
      async look(fails: boolean) {
        const stop = new AbortController();
        const watch = await TaskWatch.open(services, at, cursor);
        if (!watch) throw new Error('the task goes on');
        const quiet = { ...services, wakeUps: { wait: async () => stop.abort() } };
        Object.assign(watch, { services: quiet });
        for await (const batch of watch.batches(stop.signal)) {
          for (const change of batch.changes) {
            if (change.kind !== 'host') continue;
            const { place, reason } = change.run;
            if (reader.seen.get(place) === reason) reader.seenTwice += 1;
            reader.seen.set(place, reason);
          }
          // It goes before it is told how far that was.
          if (fails) return;
          if (batch.cursor !== undefined) cursor = batch.cursor;
          if (batch.cursor !== undefined) return;
        }
      },
    };
    return reader;
  }
});
