import type { Client } from '@temporalio/client';
import { normaliseCron, parseCron } from '../../schedules/cron';
import { dueInstants } from '../../schedules/due';
import { isStray, previewSchedule } from '../../schedules/preview';
import { connectClient } from '../../temporal/connection';
import { scheduleIdOf } from '../../temporal/names';
import { type Calendar, Schedules } from '../../temporal/schedules';
import { eventually } from '../support/eventually';
import { describeSchedule, firingsBetween } from '../support/schedules';
import { temporal } from '../support/temporal';

const installation = { name: `preview-${process.pid}-${Date.now()}` };

describe('the preview of a schedule', () => {
  let client: Client;
  let schedules: Schedules;

  beforeAll(async () => {
    client = await connectClient(temporal());
    schedules = new Schedules(client, installation);
  });

  afterAll(() => client.connection.close());

  /** What Temporal itself says. */
  async function ask(name: string, cron: object, timeZone: string): Promise<{ from: Date; times: Date[] }> {
    const calendar = parseCron(normaliseCron(cron));
    const definition = { isPaused: true, catchupSeconds: 60, projectId: 1, name: 'preview' };
    const handle = client.schedule.getHandle(scheduleIdOf(installation, name));
    try {
      // Minutes pass while tests run: both sides are asked about the same one. The server says what came next when the
      // schedule was put.
      return await eventually('an answer comes in the minute of its question', async () => {
        const from = new Date();
        await schedules.put(name, { when: { calendar, timeZone }, ...definition });
        const { info } = await describeSchedule(client, handle);
        const isSameMinute = Math.floor(from.getTime() / 60_000) === Math.floor(Date.now() / 60_000);
        if (!isSameMinute) await handle.delete();
        return isSameMinute && { from, times: info.nextActionTimes };
      });
    } finally {
      await handle.delete();
    }
  }

  /** What Temporal says of another time. */
  async function matching(name: string, calendar: Calendar, timeZone: string, after: number, until: number) {
    const definition = { isPaused: true, catchupSeconds: 60, projectId: 1, name: 'preview' };
    await schedules.put(name, { when: { calendar, timeZone }, ...definition });
    const scheduleId = scheduleIdOf(installation, name);
    try {
      return await firingsBetween(client, scheduleId, new Date(after), new Date(until));
    } finally {
      await schedules.remove(name);
    }
  }

  it.each([
    ['every minute', {}, 'UTC'],
    ['every five minutes', { minute: '*/5' }, 'Asia/Shanghai'],
    ['nights over midnight', { minute: '0', hour: '22-2' }, 'Asia/Kolkata'],
    ['mondays that are the 13th', { minute: '0', hour: '9', day_of_week: 'mon', day_of_month: '13' }, 'Europe/Berlin'],
    ['leap days', { minute: '0', hour: '0', day_of_month: '29', month_of_year: '2' }, 'UTC'],
    ['the hour that does not exist', { minute: '30', hour: '2', month_of_year: '3' }, 'America/New_York'],
    [
      'midnight that does not exist',
      { minute: '0', hour: '0', month_of_year: '4', day_of_week: 'thu-sat' },
      'Africa/Cairo',
    ],
  ])('says of %s what Temporal says', async (_name, cron, timeZone) => {
    const { from, times } = await ask(`case-${_name.replace(/\W/g, '-')}`, cron, timeZone);

    const { fireTimes } = previewSchedule(parseCron(normaliseCron(cron)), timeZone, from);

    expect(times.length).toBeGreaterThan(0);
    expect(fireTimes.slice(0, times.length)).toEqual(times);
  });

  const IN_AUTUMN = { month_of_year: '10', day_of_week: '0', day_of_month: '31' };
  it.each([
    ['America/New_York', { minute: '*/30', hour: '1', month_of_year: '11', day_of_week: '0' }, 0, 2],
    ['America/New_York', { minute: '*/30', hour: '0-3', month_of_year: '11', day_of_month: '7' }, 0, 2],
    ['Europe/Berlin', { minute: '*/20', ...IN_AUTUMN }, 6, 0],
    ['Europe/Berlin', { minute: '30', hour: '1', ...IN_AUTUMN }, 0, 1],
    ['Europe/Berlin', { minute: '30', hour: '2', ...IN_AUTUMN }, 1, 1],
    ['Europe/Berlin', { minute: '*/30', hour: '0-3', ...IN_AUTUMN }, 1, 1],
    ['Europe/London', { minute: '30', hour: '1', ...IN_AUTUMN }, 1, 1],
    ['Africa/Casablanca', { minute: '0', hour: '*', month_of_year: '2', day_of_month: '7' }, 1, 0],
    ['Australia/Lord_Howe', { minute: '30', hour: '1', month_of_year: '4', day_of_week: '0' }, 1, 1],
    ['Australia/Lord_Howe', { minute: '0', hour: '*/2', month_of_year: '10', day_of_week: '0' }, 0, 1],
    ['UTC', { minute: '*/20', ...IN_AUTUMN }, 0, 0],
  ])('keeps to the rule in %s where Temporal does not: %j', async (timeZone, cron, lost, strays) => {
    const times = parseCron(normaliseCron(cron));
    const [after, until] = [Date.parse('2027-01-01T00:00Z'), Date.parse('2028-01-01T00:00Z')];
    const fired = await matching(`rule-${timeZone}-${lost}-${strays}`, times, timeZone, after, until);

    const due = [...dueInstants(times, timeZone, after, until)];

    expect(due.length).toBeGreaterThan(0);
    expect(due.filter((at) => !fired.includes(at))).toHaveLength(lost);
    expect(fired.filter((at) => !due.includes(at))).toHaveLength(strays);
    const isTakenForStray = (at: number) => isStray(times, timeZone, new Date(at));
    expect(fired.filter(isTakenForStray)).toEqual(fired.filter((at) => !due.includes(at)));
    const from = new Date(due[0]! - 1);
    const { fireTimes } = previewSchedule(times, timeZone, from);
    expect(fireTimes.slice(0, due.length).map(Number)).toEqual(due.slice(0, 10));
  });

  it.each([
    [
      'America/New_York',
      { minute: '30', hour: '2' },
      ['2027-03-14 02:30:00 does not exist in America/New_York: there is no run'],
    ],
    [
      'America/New_York',
      { minute: '0,30', hour: '1' },
      ['2 times from 2027-11-07 01:00:00 on come twice in America/New_York: there is one run of each'],
    ],
    [
      'America/New_York',
      { minute: '0,30' },
      [
        '2 times from 2027-03-14 02:00:00 on do not exist in America/New_York: there is no run',
        '2 times from 2027-11-07 01:00:00 on come twice in America/New_York: there are two runs of each',
      ],
    ],
    [
      'Australia/Lord_Howe',
      { minute: '0,45', hour: '1-2' },
      [
        '2027-04-04 01:45:00 comes twice in Australia/Lord_Howe: there is one run',
        '2027-10-03 02:00:00 does not exist in Australia/Lord_Howe: there is no run',
      ],
    ],
    [
      'Europe/Berlin',
      { minute: '30', hour: '2' },
      [
        '2027-03-28 02:30:00 does not exist in Europe/Berlin: there is no run',
        '2027-10-31 02:30:00 comes twice in Europe/Berlin: there is one run',
      ],
    ],
    ['Europe/Berlin', { minute: '0', hour: '12' }, []],
    ['Asia/Shanghai', {}, []],
  ])('warns in %s of hours that do not exist and of hours that come twice: %j', (timeZone, cron, messages) => {
    const calendar = parseCron(normaliseCron(cron));

    const { warnings } = previewSchedule(calendar, timeZone, new Date('2026-11-21T00:00:00Z'));

    expect(warnings.map(({ message }) => message)).toEqual(messages);
  });

  it('gives ten times', () => {
    const from = new Date('2026-11-21T10:00:00Z');

    const { fireTimes } = previewSchedule(parseCron(normaliseCron({ minute: '0', hour: '9' })), 'Asia/Shanghai', from);

    expect(fireTimes).toHaveLength(10);
    expect(fireTimes[0]).toEqual(new Date('2026-11-22T01:00:00Z'));
  });
});
