import type { Ambient } from '../ambient';
import { asNumber } from '../compare';
import { typeError, valueError } from '../errors';
import { type BoundArguments, type Method, PyFunction, type Run } from '../functions';
import type { Meter } from '../limits';
import { makeFloat, requireInt, toFloat } from '../numbers';
import { PyObject, PyTuple, type PyValue } from '../values';
import { civilOf, DAY_MICROS, daysInMonth, daysOf, isoWeek, weekdayOf } from './calendar';
import { clockOf, formatted, type Moment, offsetText, strftime, twoDigits } from './strftime';
import { PyTimedelta } from './timedelta';

const MIN_DAYS = daysOf({ year: 1, month: 1, day: 1 });
const MAX_DAYS = daysOf({ year: 9999, month: 12, day: 31 });

function checkedDays(days: number): number {
  if (!(days >= MIN_DAYS && days <= MAX_DAYS)) throw valueError('date value out of range');
  return days;
}

/** A fixed offset, `datetime.timezone`. */
export class PyTimezone extends PyObject {
  readonly typeName = 'datetime.timezone';

  constructor(readonly minutes: number) {
    super();
  }

  override text(): string {
    return this.minutes === 0 ? 'UTC' : `UTC${offsetText(this.minutes, ':')}`;
  }

  override repr(meter: Meter): string {
    return this.minutes === 0 ? 'datetime.timezone.utc' : super.repr(meter);
  }

  override key(): string {
    return `timezone ${this.minutes}`;
  }
}

export class PyDate extends PyObject {
  readonly typeName: string = 'datetime.date';
  readonly days: number;

  constructor(days: number) {
    super();
    this.days = checkedDays(days);
  }

  get moment(): Moment {
    return { days: this.days, micros: 0 };
  }

  override attribute(name: string): PyValue | undefined {
    const { year, month, day } = civilOf(this.days);
    if (name === 'year') return year;
    if (name === 'month') return month;
    if (name === 'day') return day;
    const method = DATE_METHODS[name];
    return method && Object.hasOwn(DATE_METHODS, name)
      ? new PyFunction(name, (args, run) => method(this, args, run))
      : undefined;
  }

  isoDate(): string {
    const { year, month, day } = civilOf(this.days);
    return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
  }

  override text(): string {
    return this.isoDate();
  }

  override repr(_meter: Meter): string {
    const { year, month, day } = civilOf(this.days);
    return `datetime.date(${year}, ${month}, ${day})`;
  }

  override key(): string {
    return `date ${this.days}`;
  }

  override compare(other: PyValue): number | undefined {
    return other instanceof PyDate && !(other instanceof PyDatetime) ? this.days - other.days : undefined;
  }

  override add(other: PyValue): PyValue | undefined {
    return other instanceof PyTimedelta ? new PyDate(this.days + other.days) : undefined;
  }

  override subtract(other: PyValue): PyValue | undefined {
    if (other instanceof PyTimedelta) return new PyDate(this.days - other.days);
    if (other instanceof PyDate && !(other instanceof PyDatetime)) return new PyTimedelta(this.days - other.days, 0);
    return undefined;
  }
}

/** `datetime.datetime`: a wall clock, with an offset when it is aware. */
export class PyDatetime extends PyDate {
  override readonly typeName = 'datetime.datetime';

  constructor(
    days: number,
    readonly micros: number,
    readonly zone?: PyTimezone,
  ) {
    super(days);
  }

  static at(days: number, micros: number, zone?: PyTimezone): PyDatetime {
    const carried = Math.floor(micros / DAY_MICROS);
    return new PyDatetime(days + carried, micros - carried * DAY_MICROS, zone);
  }

  override get moment(): Moment {
    const { days, micros, zone } = this;
    return { days, micros, ...(zone && { offset: zone.minutes, zone: zone.text() }) };
  }

  override attribute(name: string): PyValue | undefined {
    const clock = clockOf(this.micros);
    if (name === 'hour' || name === 'minute' || name === 'second' || name === 'microsecond') return clock[name];
    if (name === 'tzinfo') return this.zone ?? null;
    const method = Object.hasOwn(DATETIME_METHODS, name) ? DATETIME_METHODS[name] : undefined;
    return method ? new PyFunction(name, (args, run) => method(this, args, run)) : super.attribute(name);
  }

  isoText(separator: string): string {
    return `${this.isoDate()}${separator}${clockText(this.micros)}${this.zone ? offsetText(this.zone.minutes, ':') : ''}`;
  }

  override text(): string {
    return this.isoText(' ');
  }

  override repr(meter: Meter): string {
    const { year, month, day } = civilOf(this.days);
    const { hour, minute, second, microsecond } = clockOf(this.micros);
    const tail = microsecond > 0 ? [second, microsecond] : second > 0 ? [second] : [];
    const zone = this.zone ? [`tzinfo=${this.zone.repr(meter)}`] : [];
    return `datetime.datetime(${[year, month, day, hour, minute, ...tail, ...zone].join(', ')})`;
  }

  override key(): string {
    if (!this.zone) return `datetime ${this.days} ${this.micros}`;
    const utc = this.inUtc();
    return `aware ${utc.days} ${utc.micros}`;
  }

  inUtc(): PyDatetime {
    return PyDatetime.at(this.days, this.micros - (this.zone?.minutes ?? 0) * 60_000_000);
  }

  override compare(other: PyValue): number | undefined {
    const span = this.subtract(other);
    return span instanceof PyTimedelta ? span.compare(new PyTimedelta(0, 0)) : undefined;
  }

  override add(other: PyValue): PyValue | undefined {
    if (!(other instanceof PyTimedelta)) return undefined;
    return PyDatetime.at(this.days + other.days, this.micros + other.micros, this.zone);
  }

  override subtract(other: PyValue): PyValue | undefined {
    if (other instanceof PyTimedelta) {
      return PyDatetime.at(this.days - other.days, this.micros - other.micros, this.zone);
    }
    // Naive and aware moments have no distance.
    if (!(other instanceof PyDatetime) || (this.zone === undefined) !== (other.zone === undefined)) return undefined;
    const [a, b] = [this.inUtc(), other.inUtc()];
    return new PyTimedelta(a.days - b.days, a.micros - b.micros);
  }
}

function clockText(micros: number): string {
  const { hour, minute, second, microsecond } = clockOf(micros);
  const fraction = microsecond === 0 ? '' : `.${String(microsecond).padStart(6, '0')}`;
  return `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}${fraction}`;
}

/** Microseconds since the epoch, split into days and the rest, as the wall clock of an offset. */
function wallClock(ms: number, minutes: number): [days: number, micros: number] {
  const local = ms + minutes * 60_000;
  const days = Math.floor(local / 86_400_000);
  return [days, Math.round((local - days * 86_400_000) * 1000)];
}

/** The task's wall clock at a moment (milliseconds since the epoch). */
export function localMoment(ms: number, ambient: Ambient): PyDatetime {
  return PyDatetime.at(...wallClock(ms, ambient.offsetMinutes(ms)));
}

export function utcMoment(ms: number, zone?: PyTimezone): PyDatetime {
  return PyDatetime.at(...wallClock(ms, zone?.minutes ?? 0), zone);
}

/** Milliseconds since the epoch; a naive moment is read in the task's zone. */
export function epochMs(moment: PyDatetime, ambient: Ambient): number {
  const wall = moment.days * 86_400_000 + moment.micros / 1000;
  if (moment.zone) return wall - moment.zone.minutes * 60_000;
  // The offset at the moment itself: one guess, one correction.
  const guess = wall - ambient.offsetMinutes(wall) * 60_000;
  return wall - ambient.offsetMinutes(guess) * 60_000;
}

export function requireZone(value: PyValue | undefined): PyTimezone | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof PyTimezone) return value;
  throw typeError('tzinfo must be None or a timezone');
}

export function requireText(value: PyValue | undefined): string {
  if (typeof value !== 'string') throw typeError('a text is required');
  return value;
}

export function checkedDate(year: number, month: number, day: number): number {
  if (!(year >= 1 && year <= 9999 && month >= 1 && month <= 12)) throw valueError('year or month is out of range');
  if (!(day >= 1 && day <= daysInMonth(year, month))) throw valueError('day is out of range for month');
  return daysOf({ year, month, day });
}

export function checkedClock(hour: number, minute: number, second: number, micros: number): number {
  const fits = (value: number, limit: number): boolean => value >= 0 && value < limit;
  if (!fits(hour, 24) || !fits(minute, 60) || !fits(second, 60) || !fits(micros, 1_000_000)) {
    throw valueError('hour, minute, second or microsecond is out of range');
  }
  return ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
}

export function integers(values: (PyValue | undefined)[], defaults: number[]): number[] {
  return values.map((value, index) => (value === undefined ? defaults[index]! : requireInt(value, 'argument')));
}

function weekday(offset: number): Method<PyDate> {
  return (self, args) => {
    args.bind();
    return weekdayOf(self.days) + offset;
  };
}

function format(self: PyDate, args: BoundArguments, run: Run): PyValue {
  return formatted(self.moment, requireText(args.bind('format')[0]), run.meter);
}

function ctime(self: PyDate, args: BoundArguments): PyValue {
  args.bind();
  return strftime(self.moment, '%a %b %e %H:%M:%S %Y');
}

export const DATE_METHODS: Record<string, Method<PyDate>> = {
  ctime,
  isocalendar: (self, args) => {
    args.bind();
    const { year, week } = isoWeek(self.days);
    return new PyTuple([year, week, weekdayOf(self.days) + 1]);
  },
  isoformat: (self, args) => {
    args.bind();
    return self.isoDate();
  },
  isoweekday: weekday(1),
  replace: (self, args) => {
    const { year, month, day } = civilOf(self.days);
    const [y, m, d] = integers(args.bind('year?', 'month?', 'day?'), [year, month, day]) as [number, number, number];
    return new PyDate(checkedDate(y, m, d));
  },
  strftime: format,
  timetuple: (self, args) => {
    args.bind();
    return new PyStructTime(self.moment);
  },
  toordinal: (self, args) => {
    args.bind();
    return self.days - MIN_DAYS + 1;
  },
  weekday: weekday(0),
};

export const DATETIME_METHODS: Record<string, Method<PyDatetime>> = {
  astimezone: (self, args, run) => {
    const zone = requireZone(args.bind('tz?')[0]);
    const ms = epochMs(self, run.ambient);
    return utcMoment(ms, zone ?? new PyTimezone(run.ambient.offsetMinutes(ms)));
  },
  date: (self, args) => {
    args.bind();
    return new PyDate(self.days);
  },
  isoformat: (self, args, run) => {
    const [separator = 'T', timespec = 'auto'] = args.bind('sep?', 'timespec?');
    run.meter.produce(requireText(separator).length);
    const text = self.isoText(requireText(separator));
    if (timespec === 'auto') return text;
    if (timespec !== 'seconds') throw valueError('unsupported timespec');
    return text.replace(/\.\d{6}/, '');
  },
  replace: (self, args) => {
    const { year, month, day } = civilOf(self.days);
    const { hour, minute, second, microsecond } = clockOf(self.micros);
    const names = ['year?', 'month?', 'day?', 'hour?', 'minute?', 'second?', 'microsecond?'];
    const values = args.bind(...names, 'tzinfo?');
    const zone = args.keywords.has('tzinfo') ? requireZone(values[7]) : self.zone;
    const defaults = [year, month, day, hour, minute, second, microsecond];
    return datetimeFrom(integers(values.slice(0, 7), defaults), zone);
  },
  time: (self, args) => {
    args.bind();
    return new PyTime(self.micros);
  },
  timestamp: (self, args, run) => {
    args.bind();
    return makeFloat(epochMs(self, run.ambient) / 1000);
  },
};

export function datetimeFrom(values: number[], zone: PyTimezone | undefined): PyDatetime {
  const [year, month, day, hour, minute, second, micros] = values as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return new PyDatetime(checkedDate(year, month, day), checkedClock(hour, minute, second, micros), zone);
}

/** `datetime.time`, only what a text of it needs. */
export class PyTime extends PyObject {
  readonly typeName = 'datetime.time';

  constructor(readonly micros: number) {
    super();
  }

  override attribute(name: string): PyValue | undefined {
    const clock = clockOf(this.micros);
    if (name === 'hour' || name === 'minute' || name === 'second' || name === 'microsecond') return clock[name];
    if (name === 'isoformat') return new PyFunction(name, () => this.text());
    if (name !== 'strftime') return undefined;
    const moment = { days: daysOf({ year: 1900, month: 1, day: 1 }), micros: this.micros };
    return new PyFunction(name, (args, run) => formatted(moment, requireText(args.bind('format')[0]), run.meter));
  }

  override text(): string {
    return clockText(this.micros);
  }

  override key(): string {
    return `time ${this.micros}`;
  }

  override compare(other: PyValue): number | undefined {
    return other instanceof PyTime ? this.micros - other.micros : undefined;
  }
}

/** `time.struct_time`. */
export class PyStructTime extends PyObject {
  readonly typeName = 'time.struct_time';

  constructor(readonly moment: Moment) {
    super();
  }

  override attribute(name: string): PyValue | undefined {
    const civil = civilOf(this.moment.days);
    const clock = clockOf(this.moment.micros);
    const fields: Record<string, number> = {
      tm_year: civil.year,
      tm_mon: civil.month,
      tm_mday: civil.day,
      tm_hour: clock.hour,
      tm_min: clock.minute,
      tm_sec: clock.second,
      tm_wday: weekdayOf(this.moment.days),
      tm_yday: Number(strftime(this.moment, '%j')),
    };
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
  }
}

/** Seconds since the epoch, with microseconds at best. */
export function requireSeconds(value: PyValue | undefined): number {
  const number = value === undefined ? undefined : asNumber(value);
  if (number === undefined) throw typeError('a number of seconds is required');
  const seconds = toFloat(number);
  if (!(Math.abs(seconds) < 1e12)) throw valueError('timestamp out of range');
  return Math.round(seconds * 1_000_000) / 1_000_000;
}
