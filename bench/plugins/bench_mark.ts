import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { z } from 'zod';
import { openPool } from '../../db/connection';
import { type ActivityPlugin, definePlugin } from '../../plugins/plugin';

const RETRY_MS = 200;

let pool: Pool | undefined;

/**
 * Stands for work in the outside world, under each effect: leaves one row in `bench_marks` each time that it runs, and
 * then takes `ms` milliseconds, in which a fault may hit.
 */
export const plugins: ActivityPlugin[] = (['once', 'idempotent', 'quick'] as const).map((kind) =>
  definePlugin({
    code: `bench_mark_${kind}`,
    version: 'legacy',
    name: `Mark (${kind})`,
    group: 'Bench',
    description: 'Leaves a mark each time that it runs',
    ...(kind === 'quick' ? { effect: 'idempotent', quick: true } : { effect: kind, heartbeatMs: 5_000 }),
    inputs: z.object({ ms: z.number().default(0) }),
    outputs: z.object({}),
    async run({ ms }, { run, signal }) {
      await leaveMark([randomUUID(), run.taskId, run.nodeId, run.loop, run.attempt], signal);
      if (ms > 0) await delay(ms, undefined, { signal });
      return {};
    },
  }),
);

/** Until Postgres has taken it: its faults are not this plugin's failures. An insert whose answer got lost counts once. */
async function leaveMark(row: (number | string)[], signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await marks().query(
        'insert into bench_marks (run, task_id, node_id, loop, attempt) values ($1, $2, $3, $4, $5) on conflict do nothing',
        row,
      );
      return;
    } catch {
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

function marks(): Pool {
  pool ??= openPool(process.env.BENCH_MARKS_URL!, { maxConnections: 5 });
  return pool;
}
