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
    ['day_of_week', '7', 'dayOfWeek', [0]],
    ['day_of_week', '0,7', 'dayOfWeek', [0]],
    ['day_of_week', '5-7', 'dayOfWeek', [0, 5, 6]],
    ['day_of_week', 'fri-7', 'dayOfWeek', [0, 5, 6]],
    ['day_of_week', '7-2', 'dayOfWeek', [0, 1, 2]],
    ['day_of_week', '7-7', 'dayOfWeek', [0]],
    ['day_of_week', '0-7', 'dayOfWeek', [0, 1, 2, 3, 4, 5, 6]],
    ['day_of_week', '1-7/2', 'dayOfWeek', [0, 1, 3, 5]],
    ['day_of_week', '0-7/3', 'dayOfWeek', [0, 3, 6]],
    ['day_of_week', '7-4/2', 'dayOfWeek', [0, 2, 4]],
    ['day_of_week', '*/7', 'dayOfWeek', [0]],
    ['month_of_year', 'jan', 'month', [1]],
    ['month_of_year', 'December,SEP', 'month', [9, 12]],
    ['month_of_year', 'jan-mar', 'month', [1, 2, 3]],
    ['month_of_year', 'nov-feb', 'month', [1, 2, 11, 12]],
    ['month_of_year', 'mar-12/3', 'month', [3, 6, 9, 12]],
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

  it.each([
    ['*', false],
    ['*/2', false],
    ['1-23/2', false],
    ['2,20-22/2', false],
    ['0-23', false],
    ['2', true],
    ['1-3', true],
    ['22-2', true],
    ['0,12', true],
  ])('with the hour %s: the hour is fixed: %s', (hour, isFixed) => {
    expect(parse({ hour, minute: '*/5' }).hasFixedHour).toBe(isFixed);
  });

  it('is text with the day of the week third', () => {
    const cron = normaliseCron({ minute: '*/5', hour: '1, 2', day_of_week: '3' });

    expect(cronText(cron, 'Asia/Shanghai')).toBe('*/5 1,2 3 * * (m/h/d/dM/MY) Asia/Shanghai');
  });

  it.each([
    ['minute', '60', 'minute: Invalid end range: 60 > 59.'],
    ['day_of_month', '0', 'day_of_month: Invalid beginning range: 0 < 1.'],
    ['day_of_week', '8', 'day_of_week: Invalid end range: 8 > 7.'],
    ['day_of_week', '1-8', 'day_of_week: Invalid end range: 8 > 7.'],
    ['day_of_week', 'jan', "day_of_week: Invalid weekday literal 'jan'."],
    ['month_of_year', '0', 'month_of_year: Invalid beginning range: 0 < 1.'],
    ['month_of_year', 'smarch', "month_of_year: Invalid month literal 'smarch'."],
    ['month_of_year', 'mon', "month_of_year: Invalid month literal 'mon'."],
    ['minute', '1 2', "minute: '1 2' is no value, range, list or step"],
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
