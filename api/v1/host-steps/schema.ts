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
  reason: z.string(),
  log_bytes: z.number().int(),
  is_log_cut: z.boolean(),
  from_run: z
    .object({ step_id: z.number().int(), place: z.number().int() })
    .nullable()
    .describe('The run that has done it before, of a host that is skipped for it: its log is there'),
  try: z.number().int().describe('From 1; each is a run of its own on the host'),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  late_end: z
    .object({ status: z.enum(RUN_STATUSES), exit_code: z.number().int().nullable(), at: time })
    .nullable()
    .describe('How a lost run did end on its host, where that was heard later: its node goes by `lost`'),
});

export type ShownRun = z.input<typeof run>;

/** A host of a step in the words of this API. */
export function showRun(record: PlacedRun): ShownRun {
  const { place, host_id, name, address, status, exit_code, reason, is_log_cut, started_at, ended_at } = record;
  return {
    place,
    host_id,
    name,
    address,
    status,
    exit_code,
    reason,
    log_bytes: Number(record.log_bytes),
    is_log_cut,
    from_run: record.doneBy && { step_id: record.doneBy.stepId, place: record.doneBy.place },
    started_at: started_at?.toISOString() ?? null,
    ended_at: ended_at?.toISOString() ?? null,
    try: record.host_try,
    late_end: lateEnd(record),
  };
}

function lateEnd({ late_status: status, late_exit_code: exit_code, late_at }: PlacedRun): ShownRun['late_end'] {
  return status && late_at && { status, exit_code, at: late_at.toISOString() };
}

export const log = z.object({
  from: z.number().int(),
  to: z.number().int().describe('Where the next piece begins'),
  size: z.number().int().describe('Bytes that there are by now'),
  is_complete: z.boolean().describe('Nothing more will come after `to`'),
  text: z.string().describe('No character is cut; bytes that are no text are U+FFFD'),
});

export type ShownLog = z.output<typeof log>;

/** A piece of a log in the words of this API. */
export function showLog({ run, from, to, text }: LogView): z.input<typeof log> {
  const size = Number(run.log_bytes);
  return { from, to, size, is_complete: run.ended_at !== null && to >= size, text };
}
