import pino, { type DestinationStream, type Logger } from 'pino';
import { maskedLine } from '../base/masking';
import { MASK } from '../base/sealed-text';

/** Fields that hold secrets, wherever a library puts a request or its headers into what it logs. */
const SECRET_FIELDS = ['bk_app_secret', 'bk_token', 'password', 'authorization', '["x-bkapi-authorization"]'];
const DEEPEST = 3;

/** The log of one process; errors under `error` are written with their causes, fields that hold secrets, and sealed texts wherever they stand, are masked. */
export function createLog(name: string, level: string, destination: DestinationStream = pino.destination(1)): Logger {
  const redact = { paths: secretPaths(), censor: MASK };
  const options = { level, name, serializers: { error: pino.stdSerializers.err }, hooks: { streamWrite: maskedLine } };
  return pino({ ...options, redact }, destination);
}

function secretPaths(): string[] {
  return SECRET_FIELDS.flatMap((field) =>
    Array.from({ length: DEEPEST + 1 }, (_, depth) => {
      const above = Array(depth).fill('*').join('.');
      return depth === 0 || field.startsWith('[') ? above + field : `${above}.${field}`;
    }),
  );
}
