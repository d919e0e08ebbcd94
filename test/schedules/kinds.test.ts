import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { sql } from 'kysely';
import { KEPT } from '../../access/rights';
import type { ScheduleRows } from '../../db/schedules';
import { KINDS, rowOfSchedule } from '../../schedules/kinds';
import { CLOCKED } from '../../schedules/kinds/clocked';
import type { Kind } from '../../schedules/kinds/kind';
import { PERIODIC } from '../../schedules/kinds/periodic';
import { createLauncher } from '../../schedules/launch';
import { makeUpForLost } from '../../schedules/make-up';
import { closeOverdue, compareSchedules, syncUnsynced } from '../../schedules/reconcile';
import { scheduleIdOf } from '../../temporal/names';
import { prepareTree } from '../../trees/prepare';
import { Gantry } from '../support/gantry';
import { filesOf, ROOT } from '../support/rooms';
import { describeSchedule } from '../support/schedules';
import { sketch } from '../support/trees';

const EVERY_MINUTE = {
  minute: Array.from({ length: 60 }, (_, minute) => minute),
  hour: Array.from({ length: 24 }, (_, hour) => hour),
  dayOfWeek: [0, 1, 2, 3, 4, 5, 6],
  dayOfMonth: Array.from({ length: 31 }, (_, day) => day + 1),
  month: Array.from({ length: 12 }, (_, month) => month + 1),
};
const MINUTE_MS = 60_000;

interface Bell {
  enabled: boolean;
  is_deleted: boolean;
  revision: number;
  synced_revision: number;
}

/** A kind that is nowhere but in this file, with a table of its own. */
const BELL: Kind = {
  name: 'tower-bell',
  noun: 'bell',
  rows: { table: 'bells' as ScheduleRows['table'] },
  async lock(tx, id) {
    const { rows } = await sql<Bell>`select * from bells where id = ${id} for update`.execute(tx);
    const [bell] = rows;
    return (
      bell && {
        projectId: 1,
        enabled: bell.enabled,
        revision: bell.revision,
        syncedRevision: bell.synced_revision,
        definition: () =>
          bell.is_deleted
            ? undefined
            : {
                when: { calendar: EVERY_MINUTE, timeZone: 'UTC' },
                isPaused: !bell.enabled,
                catchupSeconds: 60,
                projectId: 1,
                name: 'a bell',
              },
      }
    );
  },
  async launchOf(_db, id, { nominalAt }) {
    return {
      nominalAt: new Date(nominalAt),
      projectId: 1,
      username: 'ringer',
      isLate: () => false,
      decide: async () => ({ state: 'creating' }),
      newTask: async () => ({
        name: `ring ${id}`,
        prepared: prepareTree(sketch({ chains: ['S a E'] }), { place: 1, rights: KEPT }),
      }),
      launched: async (tx, taskId) => void (await sql`update bells set rung = ${taskId} where id = ${id}`.execute(tx)),
      failed: async () => {},
    };
  },
  async adoptEnabled(tx, { id, revision }, enabled) {
    const adopted = sql`update bells set enabled = ${enabled} where id = ${id} and revision = ${revision}`;
    return (await adopted.execute(tx)).numAffectedRows === 1n;
  },
  recurring: {
    async listFiring(db) {
      const { rows } = await sql<{ id: number }>`select id from bells where enabled and not is_deleted`.execute(db);
      return rows.map(({ id }) => ({
        id,
        catchupSeconds: 60,
        dueSince: new Date(0),
        *dueBetween(after, until) {
          for (let at = Math.floor(after / MINUTE_MS + 1) * MINUTE_MS; at <= until; at += MINUTE_MS) yield at;
        },
      }));
    },
    letBeUntil: async () => {},
  },
  async closeOverdue(db) {
    const { rows } = await sql<{ id: number }>`
      update bells set is_deleted = true where rung is null and not is_deleted returning id`.execute(db);
    return rows.map(({ id }) => id);
  },
};

describe('a further kind of schedules', () => {
  let gantry: Gantry;
  let id: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await sql`
      create table bells (
        id int generated always as identity primary key, enabled bool not null default true,
        is_deleted bool not null default false, rung bigint,
        revision int not null default 1, synced_revision int not null default 0)`.execute(gantry.db);
  });

  beforeEach(async () => {
    const { rows } = await sql<{ id: number }>`insert into bells default values returning id`.execute(gantry.db);
    id = rows[0]!.id;
    expect(await syncUnsynced(gantry.services, BELL)).toBe(1);
  });

  afterEach(async () => {
    await sql`update bells set is_deleted = true, revision = revision + 1 where id = ${id}`.execute(gantry.db);
    await syncUnsynced(gantry.services, BELL);
    await expect(described()).rejects.toMatchObject({ name: 'ScheduleNotFoundError' });
  });

  afterAll(() => gantry.stop());

  const handle = () => gantry.client.schedule.getHandle(scheduleIdOf(gantry.installation, `tower-bell-${id}`));
  const described = () => describeSchedule(gantry.client, handle());
  const isEnabled = async () => {
    const { rows } = await sql<Bell>`select * from bells where id = ${id}`.execute(gantry.db);
    return rows[0]!.enabled;
  };

  it('has schedules as its rows want them, which are made again when they are gone', async () => {
    expect((await described()).state).toMatchObject({ paused: false, note: 'a bell' });
    await handle().delete();

    await compareSchedules(gantry.services, BELL, id - 1, new Map());

    expect((await described()).spec.timezone).toBe('UTC');
  });

  it('is launched under its own name', async () => {
    const launch = createLauncher(gantry.services, [...KINDS, BELL]);
    const at = '2026-11-01T00:00:00.000Z';

    const launched = await launch({ schedule: `tower-bell-${id}`, nominalAt: at, firedAt: at });

    const [task, audit] = await Promise.all([
      gantry.db.selectFrom('tasks').selectAll().where('id', '=', launched.taskId!).executeTakeFirstOrThrow(),
      gantry.db.selectFrom('audit_records').selectAll().where('task_id', '=', launched.taskId!).execute(),
    ]);
    expect(launched.state).toBe('launched');
    expect(task).toMatchObject({ name: `ring ${id}`, create_method: 'tower-bell', create_info: String(id) });
    expect(audit.map(({ action, source, username }) => [action, source, username])).toEqual([
      ['create', 'tower-bell', 'ringer'],
      ['start', 'tower-bell', 'ringer'],
    ]);
    const { rows } = await sql`select rung::int from bells where id = ${id}`.execute(gantry.db);
    expect(rows).toEqual([{ rung: launched.taskId }]);
  });

  it('follows who pauses it on the Temporal server', async () => {
    await handle().pause();
    const differing = new Map();

    for (let round = 0; round < 500 && (await isEnabled()); round++) {
      await compareSchedules(gantry.services, BELL, id - 1, differing);
    }

    expect(await isEnabled()).toBe(false);
    const audit = gantry.db.selectFrom('audit_records').select(['action', 'object']).where('source', '=', 'temporal');
    expect(await audit.execute()).toEqual([{ action: 'disable', object: `bell ${id}` }]);
  });

  it('is made up for', async () => {
    const now = Date.parse('2025-10-26T00:40:30Z');

    expect(await makeUpForLost(gantry.services, BELL, new Map(), now)).toBe(1);

    const launch = gantry.client.workflow.getHandle(
      `${scheduleIdOf(gantry.installation, `tower-bell-${id}`)}-2025-10-26T00:40:00Z`,
    );
    expect((await launch.describe()).status.name).toBe('RUNNING');
    await launch.terminate();
  });

  it('says which were missed', async () => {
    expect(await closeOverdue(gantry.services, BELL)).toContain(id);
    expect(await closeOverdue(gantry.services, BELL)).toEqual([]);
  });
});

describe('the kinds of schedules', () => {
  it.each([
    ['periodic-7', { kind: PERIODIC, id: 7 }],
    ['clocked-12', { kind: CLOCKED, id: 12 }],
    ['tower-bell-3', { kind: BELL, id: 3 }],
    ['tower-3', undefined],
    ['periodic-', undefined],
    ['periodic-7-now', undefined],
  ])('are told by the names of schedules: %s', (schedule, row) => {
    expect(rowOfSchedule(schedule, [...KINDS, BELL])).toEqual(row);
  });

  it('are known by name to nobody but their own files', () => {
    const own = KINDS.flatMap(({ name }) => [`schedules/kinds/${name}.ts`, `schedules/${name}.ts`]);
    const naming = filesOf(join(ROOT, 'schedules'))
      .filter((file) => basename(file) !== 'index.ts')
      .filter((file) => KINDS.some(({ name }) => readFileSync(file, 'utf8').match(new RegExp(`['/]${name}['-]`))))
      .map((file) => relative(ROOT, file));

    expect(naming.filter((file) => !own.includes(file))).toEqual([]);
    expect(naming.length).toBeGreaterThan(0);
  });
});
