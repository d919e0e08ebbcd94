import { z } from '@hono/zod-openapi';
import type { PlacedRun } from '../../../db/host-runs';
import type { TalliedStep } from '../../../db/host-steps';
import type { LogView } from '../../../tasks/view/host-steps';
import { time } from '../business';

export const RUN_STATUSES = [
  'waiting',
  'starting',
  'running',
  'ok',
  'failed',
  'skipped',
  'not_run',
  'unreachable',
  'lost',
  'cancelled',
] as const;

export const step = z.object({
  id: z.number().int(),
  node_id: z.string(),
  loop: z.number().int(),
  attempt: z.number().int(),
  ordinal: z.number().int().describe('Of the steps that one attempt takes, from 1'),
  account: z.string().nullable(),
  timeout: z.number().int().describe('Seconds on one host'),
  concurrency: z.number().int(),
  max_failed: z.number().int().nullable(),
  total: z.number().int().describe('Hosts in all'),
  failed: z.number().int().describe('Hosts that count against `max_failed`: failed, unreachable, lost'),
  counts: z.record(z.string(), z.number().int()).describe('Hosts by status'),
  created_at: time,
});

export type ShownStep = z.input<typeof step>;

/** A step in the words of this API. */
export function showStep(record: TalliedStep): ShownStep {
  const {
    id,
    node_id,
    loop,
    retry,
    ordinal,
    failed,
    counts,
    account,
    timeout_seconds,
    concurrency,
    max_failed,
    created_at,
  } = record;
  const limits = { timeout: timeout_seconds, concurrency, max_failed };
  return {
    id,
    node_id,
    loop,
    attempt: retry + 1,
    ordinal,
    account,
    ...limits,
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    failed,
    counts: { ...counts },
    created_at: created_at.toISOString(),
  };
}

export const run = z.object({
  place: z.number().int().describe('In the order of the hosts of the step, from 1'),
  host_id: z.number().int().nullable().describe('Null: the host is deleted'),
  name: z.string(),
  address: z.string(),
  status: z.enum(RUN_STATUSES),
  exit_code: z.number().int().nullable(),
  reason: z.string().describe('Why it stands so; of one that runs: what is wrong meanwhile, and since when'),
  host_try: z.number().int().describe('Which try of the host it is, from 1'),
  late: z
    .object({ status: z.string(), exit_code: z.number().int().nullable(), at: time })
    .nullable()
    .describe('Of one that was lost: how it has ended on its host, as was heard later'),
  log_bytes: z.number().int(),
  is_log_cut: z.boolean(),
  from_run: z
    .object({ step_id: z.number().int(), place: z.number().int() })
    .nullable()
    .describe('The run that has done it before, of a host that is skipped for it: its log is there'),
  started_at: time.nullable(),
  ended_at: time.nullable(),
});

export type ShownRun = z.input<typeof run>;

/** A host of a step in the words of this API. */
export function showRun(record: PlacedRun): ShownRun {
  const { place, host_id, name, address, status, exit_code, reason, is_log_cut, started_at, ended_at } = record;
  const { host_try, late_status, late_exit_code, late_at } = record;
  return {
    place,
    host_id,
    name,
    address,
    status,
    exit_code,
    reason,
    host_try,
    late: late_status && late_at ? { status: late_status, exit_code: late_exit_code, at: late_at.toISOString() } : null,
    log_bytes: Number(record.log_bytes),
    is_log_cut,
    from_run: record.doneBy && { step_id: record.doneBy.stepId, place: record.doneBy.place },
    started_at: started_at?.toISOString() ?? null,
    ended_at: ended_at?.toISOString() ?? null,
  };
}

export const log = z.object({
  from: z.number().int(),
  to: z.number().int().describe('Where the next piece begins'),
  size: z.number().int().describe('Bytes that there are by now'),
  is_complete: z.boolean().describe('Nothing more will come after `to`'),
  dropped: z.boolean().describe('What stood from `from` to `to` is not kept any more (GANTRY_LOG_DAYS)'),
  text: z.string().describe('No character is cut; bytes that are no text are U+FFFD'),
});

export type ShownLog = z.output<typeof log>;

/** A piece of a log in the words of this API. */
export function showLog({ run, from, to, text, isDropped }: LogView): z.input<typeof log> {
  const size = Number(run.log_bytes);
  return { from, to, size, is_complete: run.ended_at !== null && to >= size, dropped: isDropped, text };
}
