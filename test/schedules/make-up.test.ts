import { PERIODIC } from '../../schedules/kinds/periodic';
import { createLauncher } from '../../schedules/launch';
import { makeUpForLost } from '../../schedules/make-up';
import { ScheduleReconciler, syncUnsynced } from '../../schedules/reconcile';
import { scheduleIdOf } from '../../temporal/names';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { describeSchedule, firingsBetween } from '../support/schedules';
import { shelve } from '../support/templates';
import { sketch } from '../support/trees';

const HOUR_MS = 3600_000;

describe('what a schedule was due for and has not fired', () => {
  let gantry: Gantry;
  let templateId: number;
  let id: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    templateId = await shelve(gantry.db, 'short', sketch({ chains: ['S a E'] }));
    await gantry.startWorker();
  });

  afterEach(async () => {
    await gantry.post(`/apigw/delete_periodic_task/${id}/1/`);
    await syncUnsynced(gantry.services, PERIODIC);
  });

  afterAll(() => gantry.stop());

  /** An enabled periodic task that has been as it is since a time long gone. */
  async function create(cron: object, timeZone: string, more: object = {}): Promise<void> {
    await gantry.db.updateTable('projects').set({ time_zone: timeZone }).where('id', '=', 1).execute();
    const body = { name: 'x', cron, catchup_seconds: 86_400, ...more };
    id = (await gantry.post(`/apigw/create_periodic_task/${templateId}/1/`, body)).data.id;
    await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: true });
    await syncUnsynced(gantry.services, PERIODIC);
    await asOf('2000-01-01T00:00Z');
  }

  const asOf = (since: string) =>
    gantry.db
      .updateTable('periodic_tasks')
      .set({ due_since: new Date(since) })
      .where('id', '=', id)
      .execute();
  const handle = () => gantry.client.schedule.getHandle(scheduleIdOf(gantry.installation, `periodic-${id}`));
  const makeUp = (now: string, settled = new Map()) =>
    makeUpForLost(gantry.services, PERIODIC, settled, Date.parse(now));

  /** Lets the server fire as its calendar has it, until all of that has come to something. */
  async function fire(from: string, to: string): Promise<void> {
    const [start, end] = [new Date(from), new Date(to)];
    const scheduleId = scheduleIdOf(gantry.installation, `periodic-${id}`);
    const firings = await firingsBetween(gantry.client, scheduleId, start, end);
    const countActions = async () => (await describeSchedule(gantry.client, handle())).info.numActionsTaken;
    const before = await countActions();
    await handle().backfill({ start, end, overlap: 'ALLOW_ALL' });
    const isAll = (count: number) => count === before + firings.length;
    await eventually('the server has fired', countActions, { isWanted: isAll });
    for (const at of firings) {
      const nominal = new Date(at).toISOString().replace('.000Z', 'Z');
      await gantry.client.workflow.getHandle(`${scheduleId}-${nominal}`).result();
    }
  }

  const launchesOf = () =>
    gantry.db
      .selectFrom('launches')
      .selectAll()
      .where('schedule', '=', `periodic-${id}`)
      .orderBy('nominal_at')
      .execute();
  async function timesIn(state: string): Promise<string[]> {
    const launches = await launchesOf();
    const wanted = launches.filter((launch) => launch.state === state);
    return wanted.map(({ nominal_at }) => nominal_at.toISOString().slice(11, 16));
  }
  const untilLaunched = (count: number) =>
    eventually(`${count} are launched`, () => timesIn('launched'), { isWanted: ({ length }) => length >= count });
  async function countTasks(): Promise<number> {
    const made = await gantry.db.selectFrom('tasks').select('id').where('create_info', '=', String(id)).execute();
    return made.length;
  }

  it('is made up for once, whoever comes and how often: every 20 minutes in Europe/Berlin', async () => {
    await create({ minute: '*/20' }, 'Europe/Berlin', { catchup_seconds: 10_200 });
    await fire('2025-10-25T23:30:00Z', '2025-10-26T02:10:00Z');
    const fired = await timesIn('launched');

    const counts = await Promise.all([makeUp('2025-10-26T02:10Z'), makeUp('2025-10-26T02:10Z')]);
    await untilLaunched(8);
    // A process that was started again knows nothing of the one before.
    const again = await makeUp('2025-10-26T02:10Z');
    // So does a server that fires later.
    await fire('2025-10-25T23:30:00Z', '2025-10-26T02:10:00Z');

    expect(fired).toEqual(['23:40', '00:00', '01:20']);
    expect(counts[0]! + counts[1]!).toBe(5);
    expect(again).toBe(0);
    expect(await timesIn('launched')).toEqual([
      ...['23:40', '00:00', '00:20', '00:40', '01:00', '01:20', '01:40', '02:00'],
    ]);
    expect(await countTasks()).toBe(8);
    expect((await gantry.get(`/apigw/get_periodic_task_info/${id}/1/`)).data.total_run_count).toBe(8);
  });

  it.each([
    ['America/New_York', '30', '1', '2025-11-02T05:30Z', ['06:30']],
    ['Europe/Berlin', '30', '1', '2025-10-25T23:30Z', ['00:30']],
    ['Europe/Berlin', '30', '2', '2025-10-26T00:30Z', ['01:30']],
    ['Europe/London', '30', '1', '2025-10-26T00:30Z', ['01:30']],
    ['Australia/Lord_Howe', '30', '1', '2025-04-05T14:30Z', ['15:00']],
    ['America/Santiago', '30', '23', '2025-04-06T02:30Z', ['03:30']],
  ])('with a fixed hour runs once in %s at minute %s of hour %s', async (timeZone, minute, hour, due, strays) => {
    await create({ minute, hour }, timeZone, { catchup_seconds: 18_000 });
    const at = Date.parse(due);

    await fire(new Date(at - HOUR_MS).toISOString(), new Date(at + 3 * HOUR_MS).toISOString());
    await makeUp(new Date(at + 3 * HOUR_MS).toISOString());
    await untilLaunched(1);

    expect(await timesIn('launched')).toEqual([due.slice(11, 16)]);
    expect(await timesIn('skipped')).toEqual(strays);
    expect(await countTasks()).toBe(1);
  });

  it('does not exist where a time does not', async () => {
    await create({ minute: '30', hour: '2' }, 'America/New_York');

    await fire('2025-03-09T00:00:00Z', '2025-03-09T23:00:00Z');

    expect(await makeUp('2025-03-09T23:00Z')).toBe(0);
    expect(await launchesOf()).toEqual([]);
  });

  it('is made up for after a day that a zone leaves out', async () => {
    await create({ minute: '0', hour: '*/6' }, 'Pacific/Apia');

    expect(await makeUp('2011-12-31T09:00Z')).toBe(4);
    await untilLaunched(4);

    expect(await timesIn('launched')).toEqual(['10:00', '16:00', '22:00', '04:00']);
  });

  it.each([
    ['disabled', () => gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: false })],
    ['deleted', () => gantry.post(`/apigw/delete_periodic_task/${id}/1/`)],
    ['given another cron', () => gantry.post(`/apigw/modify_cron_for_periodic_task/${id}/1/`, { cron: {} })],
    [
      'given other constants',
      () => gantry.post(`/apigw/modify_constants_for_periodic_task/${id}/1/`, { constants: {} }),
    ],
    ['enabled', () => gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: true })],
    ['paused on the server', () => handle().pause()],
  ])('is not made up for when the task was %s after it', async (_what, change) => {
    await create({ minute: '*/20' }, 'Europe/Berlin', { catchup_seconds: 3_600 });

    await change();
    await syncUnsynced(gantry.services, PERIODIC);

    expect(await makeUp('2025-10-26T01:10Z')).toBe(0);
    expect(await launchesOf()).toEqual([]);
  });

  it('is not made up for after a pause on the server either, by a process that knows nothing of the pause', async () => {
    await create({ minute: '*/20' }, 'Europe/Berlin', { catchup_seconds: 3_600 });
    await handle().pause();
    await makeUp('2025-10-26T00:30Z');
    await handle().unpause();
    const look = () => gantry.services.schedules.look(`periodic-${id}`);
    await eventually('the schedule goes on', look, { isWanted: (seen) => seen?.isPaused === false });

    // What was due after that is: 00:40 and 01:00.
    expect(await makeUp('2025-10-26T01:10Z')).toBe(2);
    await untilLaunched(2);

    expect(await timesIn('launched')).toEqual(['00:40', '01:00']);
  });

  it('is not made up for later than the catch-up window', async () => {
    await create({ minute: '*/20' }, 'Europe/Berlin', { catchup_seconds: 600 });

    expect(await makeUp('2025-10-26T00:55Z')).toBe(0);
    expect(await makeUp('2025-10-26T01:05Z')).toBe(1);
  });

  it('is left to the server for a moment', async () => {
    await create({ minute: '*/20' }, 'Europe/Berlin', { catchup_seconds: 600 });
    const settled = new Map();

    expect(await makeUp('2025-10-26T00:40:09Z', settled)).toBe(0);
    expect(await makeUp('2025-10-26T00:40:11Z', settled)).toBe(1);
    // The server has been told, whether or not the launch has come to anything yet.
    expect(await makeUp('2025-10-26T00:40:12Z', settled)).toBe(0);
  });

  it('is not launched when the task is changed before the launch is decided', async () => {
    await create({ minute: '*/20' }, 'Europe/Berlin');
    const request = { schedule: `periodic-${id}`, firedAt: new Date().toISOString(), isMadeUp: true as const };
    await asOf('2025-10-26T00:30Z');

    const [before, after] = [
      await createLauncher(gantry.services)({ ...request, nominalAt: '2025-10-26T00:20:00.000Z' }),
      await createLauncher(gantry.services)({ ...request, nominalAt: '2025-10-26T00:40:00.000Z' }),
    ];

    expect([before.state, after.state]).toEqual(['skipped', 'launched']);
    expect(before.reason).toBe('the periodic task was changed or paused after this time');
  });

  it('is one launch with that of a server that fires at the same time', async () => {
    await create({ minute: '0', hour: '4' }, 'Europe/Berlin');
    await gantry.stopWorker();

    await handle().backfill({
      start: new Date('2025-10-25T00:00:00Z'),
      end: new Date('2025-10-25T03:00:00Z'),
      overlap: 'ALLOW_ALL',
    });
    const launch = gantry.client.workflow.getHandle(
      `${scheduleIdOf(gantry.installation, `periodic-${id}`)}-2025-10-25T02:00:00Z`,
    );
    await eventually('the launch is there', () => launch.describe(), { despiteErrors: true });
    const { runId } = await launch.describe();
    const count = await makeUp('2025-10-25T03:00Z');
    const now = await launch.describe();
    await gantry.startWorker();
    await untilLaunched(1);

    expect(count).toBe(0);
    expect(now.runId).toBe(runId);
    expect(await countTasks()).toBe(1);
  });

  it('keeps no other schedule waiting', async () => {
    await create({ minute: '*/20' }, 'Europe/Berlin', { catchup_seconds: 600 });
    const first = id;
    await gantry.db.updateTable('periodic_tasks').set({ time_zone: 'Mars/Base' }).where('id', '=', first).execute();
    await create({ minute: '*/20' }, 'Europe/Berlin', { catchup_seconds: 600 });

    expect(await makeUp('2025-10-26T00:41Z')).toBe(1);

    await gantry.post(`/apigw/delete_periodic_task/${first}/1/`);
  });

  it('is made up for by the rounds of an API process', async () => {
    await create({}, 'UTC', { catchup_seconds: 120 });
    const { due_since } = await gantry.db
      .updateTable('periodic_tasks')
      .set({ due_since: new Date(Date.now() - 100_000) })
      .where('id', '=', id)
      .returning('due_since')
      .executeTakeFirstOrThrow();
    const first = Math.floor(due_since.getTime() / 60_000 + 1) * 60_000;
    const reconciler = new ScheduleReconciler(gantry.services);

    reconciler.start();
    const isFirst = ({ nominal_at, state }: { nominal_at: Date; state: string }) =>
      nominal_at.getTime() === first && state === 'launched';
    await eventually('it is launched', launchesOf, { isWanted: (launches) => launches.some(isFirst) }).finally(() =>
      reconciler.stop(),
    );

    // The minutes that pass meanwhile are due as well, and their launches are there before their tasks are.
    const count = async () => ({ launches: await launchesOf(), taskCount: await countTasks() });
    const isOneEach = ({ launches, taskCount }: Awaited<ReturnType<typeof count>>) =>
      launches.every(({ state }) => state === 'launched') && taskCount === launches.length;
    await eventually('each launch is one task', count, { isWanted: isOneEach });
  });
});
