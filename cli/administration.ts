import type { Actor } from '../base/actor';
import { connect, type Db } from '../db/connection';
import { openHome } from '../stack/home';
import { readRecord } from '../stack/record';

/** Who changes what at the command line, for the records: whoever can reach the database may. */
export const CLI_ACTOR: Actor = { username: process.env.USER || 'unknown', appCode: '', source: 'cli' };

/** Uses the database of DATABASE_URL, or that of the stack that runs on GANTRY_HOME. */
export async function withDatabase<T>(use: (db: Db) => Promise<T>): Promise<T> {
  const db = connect(databaseUrl(), { maxConnections: 1 });
  try {
    return await use(db);
  } finally {
    await db.destroy();
  }
}

/** A whole number of at least 1 from an argument; undefined where there is none. */
export function readCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new Error(`${name} is not a number of at least 1: ${text}`);
}

function databaseUrl(): string {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const home = openHome();
  const { state, addresses } = readRecord(home.stackFile);
  if (state === 'ready' && addresses.database) return addresses.database;
  throw new Error(`set DATABASE_URL: no stack runs on ${home.folder}`);
}
