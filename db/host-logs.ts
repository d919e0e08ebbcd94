import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { callOf } from './wake-ups';

/** What has been read of a run's log on its host, and the bytes that are kept of it. */
export interface LogPiece {
  runId: string;
  hostTry: number;
  /** How far the log on the host was read before. */
  readFrom: number;
  /** How far it is read now. */
  readTo: number;
  /** What is kept: it may be longer or shorter than what was read, because it is masked. */
  bytes: Buffer;
  /** Whether there are values in it that the script reports. */
  hasValues: boolean;
}

/**
 * Keeps what runs have written, in one statement for all of them. How far a log is read and what is kept of it move
 * together, and only from where they stood: nothing is kept twice, and nothing is left out. Who watches the tasks is woken.
 *
 * @returns the runs whose piece was kept; of the others somebody else has read on, or they have ended
 */
export async function appendLogs(db: DbOrTransaction, pieces: readonly LogPiece[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    with piece as (
      select * from unnest(${pieces.map(({ runId }) => runId)}::bigint[], ${pieces.map(({ readFrom }) => readFrom)}::bigint[],
                           ${pieces.map(({ readTo }) => readTo)}::bigint[], ${pieces.map(({ bytes }) => bytes)}::bytea[],
                           ${pieces.map(({ hasValues }) => hasValues)}::boolean[], ${pieces.map(({ hostTry }) => hostTry)}::integer[])
                    piece (run_id, read_from, read_to, bytes, has_values, host_try)
    ), moved as (
      update host_runs set status = case when status = 'lost' then 'lost' else 'running' end, reached_at = now(), read_bytes = piece.read_to,
             log_bytes = log_bytes + length(piece.bytes), has_values = host_runs.has_values or piece.has_values
        from piece
       where host_runs.id = piece.run_id and host_runs.host_try = piece.host_try and read_bytes = piece.read_from
         and (status in ('starting', 'running') or ask_until is not null)
      returning host_runs.id, step_id, log_bytes - length(piece.bytes) as at_byte, piece.bytes
    ), kept as (
      insert into host_logs (run_id, at_byte, bytes)
      select id, at_byte, bytes from moved where length(bytes) > 0
    ), told as (
      select ${callOf(sql`task_id`)} from (
        select distinct task_id from host_steps where id in (select step_id from moved)) tasks
    )
    select id from moved, (select count(*) from told) told`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** By how much the server's clock may be set back while a run is under way. */
const CLOCK_SLACK = sql.lit('1 day');

/** From when on pieces of a run may be kept: with it Postgres leaves out the weeks before. */
const since = (runId: unknown) => sql`
  (select coalesce(started_at, '-infinity') - ${CLOCK_SLACK}::interval from host_runs where id = ${runId})`;

/**
 * The kept log of a run from a byte on, and at most `maxBytes` of it.
 *
 * @returns empty at its end, and where it was dropped
 */
export async function readLog(
  db: DbOrTransaction,
  runId: string,
  { from, maxBytes }: { from: number; maxBytes: number },
): Promise<Buffer> {
  const to = from + maxBytes;
  const { rows } = await sql<{ at_byte: string; bytes: Buffer }>`
    with pieces as materialized (
      select at_byte, bytes from host_logs
       where run_id = ${runId} and written_at >= ${since(runId)} and at_byte < ${to}
         and at_byte >= coalesce((select max(at_byte) from host_logs
                                   where run_id = ${runId} and written_at >= ${since(runId)} and at_byte <= ${from}), 0)
    )
    select at_byte, substring(bytes from greatest(1, (${from} - at_byte + 1)::integer) for ${maxBytes}) as bytes
      from pieces where at_byte + length(bytes) > ${from} order by at_byte`.execute(db);
  // The beginning of it was dropped with its week.
  if (rows.length > 0 && Number(rows[0]!.at_byte) > from) return Buffer.alloc(0);
  return Buffer.concat(rows.map(({ bytes }) => bytes)).subarray(0, maxBytes);
}

/** Where the log of a run goes on that was dropped at a byte; undefined: nowhere. */
export async function findKeptAfter(db: DbOrTransaction, runId: string, from: number): Promise<number | undefined> {
  const { rows } = await sql<{ at_byte: string | null }>`
    select min(at_byte) as at_byte from host_logs
     where run_id = ${runId} and written_at >= ${since(runId)} and at_byte > ${from}`.execute(db);
  const at = rows[0]!.at_byte;
  return at === null ? undefined : Number(at);
}

/** The beginning of a run's log. */
export interface LogBeginning {
  bytes: Buffer;
  /** Of all that was kept. */
  size: number;
  hasEnded: boolean;
  /** It was not kept so long. */
  isDropped: boolean;
}

/** The beginnings of the logs of several runs, by run: at most `maxBytes` of each, which fit into 1 MB together. */
export async function readBeginnings(
  db: DbOrTransaction,
  runIds: readonly string[],
  maxBytes: number,
): Promise<Map<string, LogBeginning>> {
  const { rows } = await sql<{ id: string; size: string; has_ended: boolean; bytes: Buffer | null }>`
    select runs.id, runs.log_bytes as size, runs.ended_at is not null as has_ended,
           (select string_agg(substring(bytes for (${maxBytes} - at_byte)::integer), ''::bytea order by at_byte)
              from host_logs
             where run_id = runs.id and at_byte < ${maxBytes} and written_at >= ${since(sql`runs.id`)}
            having min(at_byte) = 0) as bytes
      from host_runs runs where runs.id = any (${runIds}::bigint[])`.execute(db);
  return new Map(
    rows.map(({ id, size, has_ended: hasEnded, bytes }) => {
      const isDropped = bytes === null && Number(size) > 0;
      return [id, { bytes: bytes ?? Buffer.alloc(0), size: Number(size), hasEnded, isDropped }];
    }),
  );
}
