import { typeError } from '../errors';
import { type Implementation, moduleOf } from '../functions';
import { makeFloat } from '../numbers';
import type { PyValue } from '../values';
import { epochMs, localMoment, PyDatetime, PyStructTime, requireSeconds, utcMoment } from './dates';
import { formatted, strftime, strptime } from './strftime';

function requireText(value: PyValue | undefined): string {
  if (typeof value !== 'string') throw typeError('a text is required');
  return value;
}

/** `localtime` and `gmtime`: of now when no time is given. */
function structOf(moment: (ms: number, run: Parameters<Implementation>[1]) => PyDatetime): Implementation {
  return (args, run) => {
    const [seconds] = args.bind('secs?');
    const ms = seconds === undefined || seconds === null ? run.ambient.now : requireSeconds(seconds) * 1000;
    return new PyStructTime(moment(Math.floor(ms / 1000) * 1000, run).moment);
  };
}

const format: Implementation = (args, run) => {
  const [pattern, time] = args.bind('format', 't?');
  if (time !== undefined && !(time instanceof PyStructTime)) throw typeError('Tuple or struct_time argument required');
  const moment = time ? time.moment : localMoment(run.ambient.now, run.ambient).moment;
  return formatted(moment, requireText(pattern), run.meter);
};

/** The module `time`, without `sleep`: rendering must not wait. */
export const TIME_MODULE = moduleOf('time', {
  ctime: (args, run) => {
    const [seconds] = args.bind('secs?');
    const ms = seconds === undefined || seconds === null ? run.ambient.now : requireSeconds(seconds) * 1000;
    return strftime(localMoment(ms, run.ambient).moment, '%a %b %e %H:%M:%S %Y');
  },
  gmtime: structOf((ms) => utcMoment(ms)),
  localtime: structOf((ms, run) => localMoment(ms, run.ambient)),
  mktime: (args, run) => {
    const [time] = args.bind('t');
    if (!(time instanceof PyStructTime)) throw typeError('Tuple or struct_time argument required');
    return makeFloat(epochMs(new PyDatetime(time.moment.days, time.moment.micros), run.ambient) / 1000);
  },
  strftime: format,
  strptime: (args, run) => {
    const [text, pattern = '%a %b %d %H:%M:%S %Y'] = args.bind('string', 'format?');
    return new PyStructTime(strptime(requireText(text), requireText(pattern), run.meter));
  },
  time: (args, run) => {
    args.bind();
    return makeFloat(run.ambient.now / 1000);
  },
});
