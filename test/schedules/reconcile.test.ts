import { CLOCKED } from '../../schedules/kinds/clocked';
import { PERIODIC } from '../../schedules/kinds/periodic';
import { closeOverdue, compareSchedules, syncUnsynced } from '../../schedules/reconcile';
import { syncSchedule } from '../../schedules/sync';
import { scheduleIdOf } from '../../temporal/names';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { describeSchedule } from '../support/schedules';
import { shelve } from '../support/templates';
import { sketch } from '../support/trees';

const NEVER_SOON = { minute: '0', hour: '4', day_of_month: '29', month_of_year: '2' };

/** As the client throws it: the gRPC error is the cause. */
const failure = (code: number) =>
  new Error('Failed to describe schedule', { cause: Object.assign(new Error('gRPC'), { code }) });

describe('the reconciler of schedules', () => {
  let gantry: Gantry;
  let templateId: number;
  const made: string[] = [];

  beforeAll(async () => {
    gantry = await Gantry.create();
    templateId = await shelve(gantry.db, 'short', sketch({ chains: ['S a E'] }));
  });

  afterAll(async () => {
    for (const schedule of made) await gantry.services.schedules.remove(schedule);
    await gantry.stop();
  });

  async function createPeriodic(): Promise<number> {
    const { data } = await gantry.post(`/apigw/create_periodic_task/${templateId}/1/`, { name: 'x', cron: NEVER_SOON });
    made.push(`periodic-${data.id}`);
    return data.id;
  }

  async function createClocked(plan_start_time: string): Promise<number> {
    const body = { task_name: 'x', plan_start_time };
    const { data } = await gantry.post(`/apigw/create_clocked_task/${templateId}/1/`, body);
    made.push(`clocked-${data.id}`);
    return data.id;
  }

  const handleOf = (schedule: string) => gantry.client.schedule.getHandle(scheduleIdOf(gantry.installation, schedule));
  const described = (schedule: string) => describeSchedule(gantry.client, handleOf(schedule));
  const enabledOf = async (id: number) =>
    (await gantry.get(`/apigw/get_periodic_task_info/${id}/1/`)).data.enabled as boolean;

  async function untilEnabled(id: number, isEnabled: boolean): Promise<void> {
    const differing = new Map();
    const compare = async () => {
      await compareSchedules(gantry.services, PERIODIC, id - 1, differing);
      return enabledOf(id);
    };
    await eventually('the task is as its schedule is', compare, { isWanted: (seen) => seen === isEnabled });
  }

  /** A Temporal server that nobody reaches. */
  function withoutTemporal<T>(act: () => Promise<T>): Promise<T> {
    const { schedules } = gantry.services;
    const put = jest.spyOn(schedules, 'put').mockRejectedValue(new Error('away'));
    const remove = jest.spyOn(schedules, 'remove').mockRejectedValue(new Error('away'));
    return act().finally(() => {
      put.mockRestore();
      remove.mockRestore();
    });
  }

  it('makes up for a schedule that was not made', async () => {
    const id = await withoutTemporal(createPeriodic);
    await expect(described(`periodic-${id}`)).rejects.toMatchObject({ name: 'ScheduleNotFoundError' });

    expect(await syncUnsynced(gantry.services, PERIODIC)).toBe(1);

    expect((await described(`periodic-${id}`)).state.paused).toBe(true);
    expect(await syncUnsynced(gantry.services, PERIODIC)).toBe(0);
  });

  it('makes up for changes that were not made, the last one only', async () => {
    const id = await createPeriodic();
    await withoutTemporal(async () => {
      await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: true });
      await gantry.post(`/apigw/modify_cron_for_periodic_task/${id}/1/`, { cron: { ...NEVER_SOON, minute: '9' } });
    });

    expect(await syncUnsynced(gantry.services, PERIODIC)).toBe(1);

    const { spec, state } = await described(`periodic-${id}`);
    expect([spec.calendars![0]!.minute[0]!.start, state.paused]).toEqual([9, false]);
  });

  it('lets one schedule that the server does not take keep no other one waiting', async () => {
    const [bad, good] = await withoutTemporal(async () => [await createPeriodic(), await createPeriodic()]);
    await gantry.db.updateTable('periodic_tasks').set({ time_zone: 'Mars/Base' }).where('id', '=', bad!).execute();

    expect(await syncUnsynced(gantry.services, PERIODIC)).toBe(1);

    expect((await described(`periodic-${good}`)).state.paused).toBe(true);
    await gantry.post(`/apigw/delete_periodic_task/${bad}/1/`);
  });

  it('tries more schedules than a page has, when the server takes none of the first', async () => {
    const bad = await withoutTemporal(createPeriodic);
    await gantry.db.updateTable('periodic_tasks').set({ time_zone: 'Mars/Base' }).where('id', '=', bad).execute();
    const { id: _id, ...row } = await gantry.db
      .selectFrom('periodic_tasks')
      .selectAll()
      .where('id', '=', bad)
      .executeTakeFirstOrThrow();
    const copy = { ...row, cron: JSON.stringify(row.cron), tree: JSON.stringify(row.tree) };
    const copies = await gantry.db
      .insertInto('periodic_tasks')
      .values(Array.from({ length: 20 }, () => copy))
      .returning('id')
      .execute();
    const good = await withoutTemporal(createPeriodic);

    expect(await syncUnsynced(gantry.services, PERIODIC)).toBe(1);

    expect((await described(`periodic-${good}`)).state.paused).toBe(true);
    const ids = [bad, ...copies.map(({ id }) => id)];
    await gantry.db.deleteFrom('periodic_tasks').where('id', 'in', ids).execute();
  });

  it.each([
    ['cannot take it at that moment', 9],
    ['never answers', 4],
  ])('lets one schedule of which the server %s keep no other one waiting', async (_what, code) => {
    const [bad, good] = [await createPeriodic(), await createPeriodic()];
    await handleOf(`periodic-${good}`).delete();
    const { schedules } = gantry.services;
    const look = schedules.look.bind(schedules);
    const spy = jest
      .spyOn(schedules, 'look')
      .mockImplementation((name) => (name === `periodic-${bad}` ? Promise.reject(failure(code)) : look(name)));

    await compareSchedules(gantry.services, PERIODIC, bad - 1, new Map()).finally(() => spy.mockRestore());

    expect((await described(`periodic-${good}`)).state.paused).toBe(true);
  });

  it('ends a round when the server is away', async () => {
    const id = await createPeriodic();
    const { schedules, pipelines } = gantry.services;
    const spies = [
      jest.spyOn(schedules, 'look').mockRejectedValue(failure(14)),
      jest.spyOn(pipelines, 'isReachable').mockResolvedValue(false),
    ];

    const round = compareSchedules(gantry.services, PERIODIC, id - 1, new Map());

    await expect(round).rejects.toThrow('Failed to describe schedule');
    for (const spy of spies) spy.mockRestore();
  });

  it('takes away the schedule of a row that was deleted', async () => {
    const [periodic, clocked] = [await createPeriodic(), await createClocked('2099-01-01 00:00:00')];
    await withoutTemporal(async () => {
      await gantry.post(`/apigw/delete_periodic_task/${periodic}/1/`);
      await gantry.post(`/apigw/delete_clocked_task/${clocked}/1/`);
    });

    await syncUnsynced(gantry.services, PERIODIC);
    await syncUnsynced(gantry.services, CLOCKED);

    for (const schedule of [`periodic-${periodic}`, `clocked-${clocked}`]) {
      await expect(described(schedule)).rejects.toMatchObject({ name: 'ScheduleNotFoundError' });
    }
  });

  it('makes a schedule again that is gone', async () => {
    const [periodic, clocked] = [await createPeriodic(), await createClocked('2099-01-01 00:00:00')];
    await handleOf(`periodic-${periodic}`).delete();
    await handleOf(`clocked-${clocked}`).delete();

    await compareSchedules(gantry.services, PERIODIC, periodic - 1, new Map());
    await compareSchedules(gantry.services, CLOCKED, clocked - 1, new Map());

    expect((await described(`periodic-${periodic}`)).spec.timezone).toBe('UTC');
    expect((await described(`clocked-${clocked}`)).info.nextActionTimes).toHaveLength(1);
  });

  it('follows who pauses or resumes a schedule on the Temporal server', async () => {
    const id = await createPeriodic();
    await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: true });

    await handleOf(`periodic-${id}`).pause('by hand');
    await untilEnabled(id, false);
    await handleOf(`periodic-${id}`).unpause();
    await untilEnabled(id, true);

    const audit = await gantry.db
      .selectFrom('audit_records')
      .select('action')
      .where('source', '=', 'temporal')
      .orderBy('id')
      .execute();
    expect(audit.map(({ action }) => action)).toEqual(['disable', 'enable']);
  });

  it('does not take for a pause by hand what has not reached the server yet, or only just', async () => {
    const [left, recent] = [await createPeriodic(), await createPeriodic()];
    await withoutTemporal(() => gantry.post(`/apigw/set_periodic_task_enabled/${left}/1/`, { enabled: true }));
    const differing = new Map();
    await handleOf(`periodic-${recent}`).unpause();

    await compareSchedules(gantry.services, PERIODIC, left - 1, differing);
    await gantry.post(`/apigw/set_periodic_task_enabled/${recent}/1/`, { enabled: false });
    await compareSchedules(gantry.services, PERIODIC, left - 1, differing);

    expect([await enabledOf(left), await enabledOf(recent)]).toEqual([true, false]);
  });

  it('says of a clocked task that was missed that it will not start, and takes its schedule away', async () => {
    const id = await createClocked('2099-01-01 00:00:00');
    const past = new Date(Date.now() - 3600_000);
    await gantry.db.updateTable('clocked_tasks').set({ plan_start_time: past }).where('id', '=', id).execute();

    expect(await closeOverdue(gantry.services, CLOCKED)).toEqual([id]);
    await syncUnsynced(gantry.services, CLOCKED);

    const { data } = await gantry.get(`/apigw/get_clocked_task_info/${id}/1/`);
    expect(data).toMatchObject({ state: 'start_failed', ex_data: expect.stringContaining('missed') });
    await expect(described(`clocked-${id}`)).rejects.toMatchObject({ name: 'ScheduleNotFoundError' });
    expect(await closeOverdue(gantry.services, CLOCKED)).toEqual([]);
  });

  it('starts a clocked task whose schedule was only made after its time, as long as that may be made up for', async () => {
    await gantry.startWorker();
    const id = await withoutTemporal(() => createClocked('2099-01-01 00:00:00'));
    const justNow = new Date(Date.now() - 2_000);
    await gantry.db.updateTable('clocked_tasks').set({ plan_start_time: justNow }).where('id', '=', id).execute();

    await syncSchedule(gantry.services, CLOCKED, id);

    const state = async () => (await gantry.get(`/apigw/get_clocked_task_info/${id}/1/`)).data.state;
    await eventually('it starts', state, { isWanted: (seen) => seen === 'started' });
  });
});
