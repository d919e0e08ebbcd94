import { asNumber } from '../compare';
import { typeError, valueError } from '../errors';
import { PyFunction, PyType } from '../functions';
import { makeFloat, toFloat } from '../numbers';
import { PyObject, type PyValue, typeName } from '../values';
import { DAY_MICROS } from './calendar';
import { twoDigits } from './strftime';

const MAX_DAYS = 999_999_999;

/** A duration as Python keeps it: whole days, and microseconds in [0, one day). */
export class PyTimedelta extends PyObject {
  readonly typeName = 'datetime.timedelta';
  readonly days: number;
  readonly micros: number;

  constructor(days: number, micros: number) {
    super();
    const carried = Math.floor(micros / DAY_MICROS);
    this.days = days + carried;
    this.micros = micros - carried * DAY_MICROS;
    if (!(Math.abs(this.days) <= MAX_DAYS)) throw valueError('days out of range');
  }

  get totalSeconds(): number {
    return this.days * 86_400 + this.micros / 1_000_000;
  }

  override attribute(name: string): PyValue | undefined {
    switch (name) {
      case 'days':
        return this.days;
      case 'seconds':
        return Math.floor(this.micros / 1_000_000);
      case 'microseconds':
        return this.micros % 1_000_000;
      case 'total_seconds':
        return new PyFunction(name, (args) => {
          args.bind();
          return makeFloat(this.totalSeconds);
        });
      default:
        return undefined;
    }
  }

  override text(): string {
    const seconds = Math.floor(this.micros / 1_000_000);
    const clock = `${Math.floor(seconds / 3600)}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
    const fraction = this.micros % 1_000_000;
    const days = this.days === 0 ? '' : `${this.days} day${Math.abs(this.days) === 1 ? '' : 's'}, `;
    return days + clock + (fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`);
  }

  override repr(): string {
    const seconds = Math.floor(this.micros / 1_000_000);
    const parts = [
      ['days', this.days],
      ['seconds', seconds],
      ['microseconds', this.micros % 1_000_000],
    ].filter(([, value]) => value !== 0);
    return `datetime.timedelta(${parts.map(([name, value]) => `${name}=${value}`).join(', ') || '0'})`;
  }

  override truthy(): boolean {
    return this.days !== 0 || this.micros !== 0;
  }

  override key(): string {
    return `timedelta ${this.days} ${this.micros}`;
  }

  override compare(other: PyValue): number | undefined {
    return other instanceof PyTimedelta ? this.days - other.days || this.micros - other.micros : undefined;
  }

  override add(other: PyValue): PyValue | undefined {
    return other instanceof PyTimedelta
      ? new PyTimedelta(this.days + other.days, this.micros + other.micros)
      : undefined;
  }

  override subtract(other: PyValue): PyValue | undefined {
    return other instanceof PyTimedelta
      ? new PyTimedelta(this.days - other.days, this.micros - other.micros)
      : undefined;
  }

  override multiply(factor: number): PyValue {
    if (!Number.isInteger(factor)) return durationOf(this.totalSeconds * 1_000_000 * factor);
    return new PyTimedelta(this.days * factor, this.micros * factor);
  }

  override divide(divisor: PyValue, operator: '/' | '//'): PyValue | undefined {
    const number = asNumber(divisor);
    const by =
      divisor instanceof PyTimedelta ? divisor.totalSeconds : number === undefined ? undefined : toFloat(number);
    if (by === undefined) return undefined;
    if (by === 0) throw valueError('division by zero');
    const quotient = this.totalSeconds / by;
    if (divisor instanceof PyTimedelta) return operator === '/' ? makeFloat(quotient) : Math.floor(quotient);
    return durationOf(quotient * 1_000_000);
  }
}

function durationOf(micros: number): PyTimedelta {
  const days = Math.floor(micros / DAY_MICROS);
  return new PyTimedelta(days, Math.round(micros - days * DAY_MICROS));
}

const UNIT_MICROS: Record<string, number> = {
  days: DAY_MICROS,
  seconds: 1_000_000,
  microseconds: 1,
  milliseconds: 1000,
  minutes: 60_000_000,
  hours: 3_600_000_000,
  weeks: 7 * DAY_MICROS,
};

/** The type `datetime.timedelta`. */
export const TIMEDELTA = new PyType('datetime.timedelta', (args) => {
  const units = Object.keys(UNIT_MICROS);
  const values = args.bind(...units.map((unit) => `${unit}?`));
  return values.reduce((total: PyTimedelta, value, index) => {
    if (value === undefined) return total;
    const number = asNumber(value);
    if (number === undefined) throw typeError(`unsupported type for timedelta: ${typeName(value)}`);
    const size = UNIT_MICROS[units[index]!]!;
    const amount = toFloat(number);
    // Whole days apart, so that large counts keep their microseconds.
    const perDay = DAY_MICROS / size;
    const days = Math.trunc(amount / perDay);
    return new PyTimedelta(total.days + days, total.micros + Math.round((amount - days * perDay) * size));
  }, new PyTimedelta(0, 0));
});
