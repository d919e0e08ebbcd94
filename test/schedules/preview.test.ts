import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { normaliseCron, parseCron } from '../../schedules/cron';
import { isStray, previewSchedule } from '../../schedules/preview';
import { connectClient } from '../../temporal/connection';
import { scheduleIdOf } from '../../temporal/names';
import { Schedules } from '../../temporal/schedules';
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
    await schedules.put(name, { when: { calendar, timeZone }, ...definition });
    const handle = client.schedule.getHandle(scheduleIdOf(installation, name));
    try {
      // Minutes pass while tests run: both sides are asked about the same one.
      for (;;) {
        const from = new Date();
        const { info } = await handle.describe();
        if (Math.floor(from.getTime() / 60_000) === Math.floor(Date.now() / 60_000)) {
          return { from, times: info.nextActionTimes };
        }
        await delay(10);
      }
    } finally {
      await handle.delete();
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
      'the hour that comes twice',
      { minute: '*/30', hour: '1', month_of_year: '11', day_of_week: '0' },
      'America/New_York',
    ],
    [
      'the whole night in which the clock is put back',
      { minute: '*/30', hour: '0-3', month_of_year: '11', day_of_week: '0', day_of_month: '7' },
      'America/New_York',
    ],
    [
      'the whole night in which the clock is put back in Europe',
      { minute: '*/30', hour: '0-3', month_of_year: '10', day_of_week: '0', day_of_month: '31' },
      'Europe/Berlin',
    ],
    [
      'the hour that comes twice in London',
      { minute: '30', hour: '1', month_of_year: '10', day_of_week: '0' },
      'Europe/London',
    ],
    [
      'the hour that comes twice in Europe',
      { minute: '30', hour: '2', month_of_year: '10', day_of_week: '0' },
      'Europe/Berlin',
    ],
    ['half an hour', { minute: '*/15', hour: '1-2', month_of_year: '4', day_of_week: '0' }, 'Australia/Lord_Howe'],
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

  it('leaves out what Temporal fires in the hour before the clock is put back, a second time', async () => {
    const cron = { minute: '30', hour: '1', month_of_year: '10', day_of_week: '0' };
    const { from, times } = await ask('stray', cron, 'Europe/Berlin');
    const calendar = parseCron(normaliseCron(cron));

    const { fireTimes } = previewSchedule(calendar, 'Europe/Berlin', from);

    const strays = times.filter((at) => isStray(calendar, 'Europe/Berlin', at));
    expect(strays).toContainEqual(new Date('2027-10-31T00:30:00Z'));
    const proper = times.filter((at) => !strays.includes(at));
    expect(fireTimes.slice(0, proper.length)).toEqual(proper);
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
      ['2 times from 2027-11-07 01:00:00 on come twice in America/New_York: there are two runs of each'],
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
