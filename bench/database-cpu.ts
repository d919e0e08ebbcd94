import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Db } from '../db/connection';

/** Of the clock that Linux counts processor time by, whatever its own is. */
const MS_A_TICK = 10;

/** Milliseconds of CPU that the connections to a database have used since they were made; 0 where there is no /proc. */
export async function databaseCpuMs(db: Db): Promise<number> {
  const { rows } = await sql<{ pid: number }>`
    select pid from pg_stat_activity where datname = current_database()`.execute(db);
  return rows.reduce((sum, { pid }) => sum + ticksOf(pid) * MS_A_TICK, 0);
}

/** Of a process, in user and in system. */
function ticksOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before may have blanks in it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
