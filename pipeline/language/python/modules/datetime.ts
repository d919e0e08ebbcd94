import { typeError, valueError } from '../errors';
import {
  type BoundArguments,
  type Implementation,
  type Method,
  moduleOf,
  PyFunction,
  PyType,
  type Run,
} from '../functions';
import { type PyValue, typeName } from '../values';
import {
  checkedClock,
  checkedDate,
  DATE_METHODS,
  DATETIME_METHODS,
  datetimeFrom,
  integers,
  localMoment,
  PyDate,
  PyDatetime,
  PyTime,
  PyTimezone,
  requireSeconds,
  requireText,
  requireZone,
  utcMoment,
} from './dates';
import { strptime } from './strftime';
import { PyTimedelta, TIMEDELTA } from './timedelta';

const fromTimestamp: Implementation = (args, run) => {
  const [stamp, tz] = args.bind('timestamp', 'tz?');
  const ms = requireSeconds(stamp) * 1000;
  const zone = requireZone(tz);
  return zone ? utcMoment(ms, zone) : localMoment(ms, run.ambient);
};

function now(args: BoundArguments, run: Run): PyValue {
  const zone = requireZone(args.bind('tz?')[0]);
  return zone ? utcMoment(run.ambient.now, zone) : localMoment(run.ambient.now, run.ambient);
}

function fromIso(args: BoundArguments): PyValue {
  const text = requireText(args.bind('date_string')[0]);
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}|\d{6}))?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(
    text,
  );
  if (!match) throw valueError(`Invalid isoformat string: '${text.slice(0, 100)}'`);
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const micros = Number((match[7] ?? '').padEnd(6, '0'));
  const values = [year!, month!, day!, hour!, minute!, second!, micros];
  return datetimeFrom(values, match[8] ? zoneOf(match[8]) : undefined);
}

function zoneOf(text: string): PyTimezone {
  if (text === 'Z') return new PyTimezone(0);
  return new PyTimezone((text.startsWith('-') ? -1 : 1) * (Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6))));
}

const DATETIME_MEMBERS: Record<string, Implementation> = {
  combine: (args) => {
    const [date, time] = args.bind('date', 'time');
    if (!(date instanceof PyDate) || !(time instanceof PyTime)) throw typeError('combine() needs a date and a time');
    return new PyDatetime(date.days, time.micros);
  },
  fromisoformat: fromIso,
  fromtimestamp: fromTimestamp,
  now,
  strptime: (args, run) => {
    const [text, pattern] = args.bind('date_string', 'format');
    const { days, micros, offset } = strptime(requireText(text), requireText(pattern), run.meter);
    return new PyDatetime(days, micros, offset === undefined ? undefined : new PyTimezone(offset));
  },
  today: (args, run) => {
    args.bind();
    return localMoment(run.ambient.now, run.ambient);
  },
  utcfromtimestamp: (args) => utcMoment(requireSeconds(args.bind('t')[0]) * 1000),
  utcnow: (args, run) => {
    args.bind();
    return utcMoment(run.ambient.now);
  },
};

const DATE_MEMBERS: Record<string, Implementation> = {
  fromisoformat: (args) => {
    const parsed = fromIso(args);
    return new PyDate((parsed as PyDatetime).days);
  },
  fromtimestamp: (args, run) => {
    const moment = localMoment(requireSeconds(args.bind('timestamp')[0]) * 1000, run.ambient);
    return new PyDate(moment.days);
  },
  today: (args, run) => {
    args.bind();
    return new PyDate(localMoment(run.ambient.now, run.ambient).days);
  },
};

function members(own: Record<string, Implementation>, methods: Record<string, Method<never>>) {
  return (name: string): PyValue | undefined => {
    if (Object.hasOwn(own, name)) return new PyFunction(name, own[name]!);
    if (!Object.hasOwn(methods, name)) return undefined;
    return new PyFunction(name, (args, run) => {
      const [self, ...positional] = args.positional;
      const method = self instanceof PyDate ? self.attribute(name) : undefined;
      if (!(method instanceof PyFunction)) throw typeError(`${name}() needs a date`);
      return method.invoke({ positional, keywords: args.keywords }, run);
    });
  };
}

const DATETIME = new PyType(
  'datetime.datetime',
  (args) => {
    const names = ['year', 'month', 'day', 'hour?', 'minute?', 'second?', 'microsecond?', 'tzinfo?'];
    const values = args.bind(...names);
    return datetimeFrom(integers(values.slice(0, 7), [1, 1, 1, 0, 0, 0, 0]), requireZone(values[7]));
  },
  members(DATETIME_MEMBERS, { ...DATE_METHODS, ...DATETIME_METHODS }),
);

const DATE = new PyType(
  'datetime.date',
  (args) => {
    const [year, month, day] = integers(args.bind('year', 'month', 'day'), [1, 1, 1]) as [number, number, number];
    return new PyDate(checkedDate(year, month, day));
  },
  members(DATE_MEMBERS, DATE_METHODS),
);

const TIME = new PyType('datetime.time', (args) => {
  const values = integers(args.bind('hour?', 'minute?', 'second?', 'microsecond?'), [0, 0, 0, 0]);
  const [hour, minute, second, micros] = values as [number, number, number, number];
  return new PyTime(checkedClock(hour, minute, second, micros));
});

const TIMEZONE = new PyType(
  'datetime.timezone',
  (args) => {
    const [offset] = args.bind('offset');
    if (!(offset instanceof PyTimedelta))
      throw typeError(`offset must be a timedelta, not ${typeName(offset ?? null)}`);
    const minutes = offset.totalSeconds / 60;
    if (!Number.isInteger(minutes) || Math.abs(minutes) >= 1440) throw valueError('offset out of range');
    return new PyTimezone(minutes);
  },
  (name) => (name === 'utc' ? new PyTimezone(0) : undefined),
);

/** The module `datetime`; its clock and zone come from Ambient. */
export const DATETIME_MODULE = moduleOf('datetime', {
  date: DATE,
  datetime: DATETIME,
  time: TIME,
  timedelta: TIMEDELTA,
  timezone: TIMEZONE,
});
