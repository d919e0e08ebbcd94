import pino, { type Logger } from 'pino';

/** The log of one process; errors under `error` are written with their causes. */
export function createLog(name: string, level: string): Logger {
  return pino({ level, name, serializers: { error: pino.stdSerializers.err } });
}
