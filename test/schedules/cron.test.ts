import { cronText, normaliseCron, parseCron } from '../../schedules/cron';

const parse = (given: Parameters<typeof normaliseCron>[0]) => parseCron(normaliseCron(given));

describe('a cron object', () => {
  it.each([
    ['minute', '*/20', 'minute', [0, 20, 40]],
    ['minute', '5', 'minute', [5]],
    ['minute', '5, 1', 'minute', [1, 5]],
    ['minute', '10-12,11-13', 'minute', [10, 11, 12, 13]],
    ['hour', '1-9/4', 'hour', [1, 5, 9]],
    ['hour', '22-2', 'hour', [0, 1, 2, 22, 23]],
    ['hour', '22-2/2', 'hour', [0, 2, 22]],
    ['day_of_week', 'mon-fri', 'dayOfWeek', [1, 2, 3, 4, 5]],
    ['day_of_week', 'Sunday,6', 'dayOfWeek', [0, 6]],
    ['day_of_week', 'fri-mon', 'dayOfWeek', [0, 1, 5, 6]],
    ['day_of_month', '*/10', 'dayOfMonth', [1, 11, 21, 31]],
    ['month_of_year', '*/5', 'month', [1, 6, 11]],
  ] as const)('reads %s %s', (field, text, place, values) => {
    expect(parse({ [field]: text })[place]).toEqual(values);
  });

  it('matches every minute when nothing is said', () => {
    const calendar = parse({});

    expect([calendar.minute.length, calendar.hour.length, calendar.dayOfWeek.length]).toEqual([60, 24, 7]);
    expect([calendar.dayOfMonth.length, calendar.month.length]).toEqual([31, 12]);
  });

  it('is text with the day of the week third', () => {
    const cron = normaliseCron({ minute: '*/5', hour: '1, 2', day_of_week: '3' });

    expect(cronText(cron, 'Asia/Shanghai')).toBe('*/5 1,2 3 * * (m/h/d/dM/MY) Asia/Shanghai');
  });

  it.each([
    ['minute', '60', 'minute: Invalid end range: 60 > 59.'],
    ['day_of_month', '0', 'day_of_month: Invalid beginning range: 0 < 1.'],
    ['day_of_week', '7', 'day_of_week: Invalid end range: 7 > 6.'],
    ['day_of_week', 'someday', "day_of_week: Invalid weekday literal 'someday'."],
    ['hour', 'mon', "hour: 'mon' is not a number"],
    ['hour', '5/2', "hour: '5/2': a step needs * or a range before it"],
    ['hour', '*/0', "hour: '*/0': the step is not a number above 0"],
    ['hour', '1,,2', "hour: '' is no value, range, list or step"],
    ['minute', '* *', "minute: '**' is no value, range, list or step"],
  ])('refuses %s %s', (field, text, message) => {
    expect(() => parse({ [field]: text })).toThrow(message);
  });

  it('names every field that is wrong', () => {
    expect(() => parse({ minute: '61', hour: 'x' })).toThrow(
      "minute: Invalid end range: 61 > 59.; hour: 'x' is not a number",
    );
  });

  it('refuses a day that no month has, but not the 29th of February', () => {
    expect(() => parse({ day_of_month: '30', month_of_year: '2' })).toThrow('no month of 2 has a day 30');
    expect(parse({ day_of_month: '29', month_of_year: '2' }).dayOfMonth).toEqual([29]);
  });
});
