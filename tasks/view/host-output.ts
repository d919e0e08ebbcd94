import type { Db } from '../../db/connection';
import { type LogBeginning, readBeginnings } from '../../db/host-logs';
import { listRuns, type PlacedRun } from '../../db/host-runs';
import { type AttemptKey, listStepsOf } from '../../db/host-steps';
import { wholeCharacters } from './characters';

const MAX_STEPS = 10;
const MAX_HOSTS = 200;
/** Of one host, and of all of them together. */
const MAX_HOST_BYTES = 64 * 1024;
const MAX_BYTES = 1024 * 1024;

/** What one host has written, from its beginning. */
export interface HostOutput {
  run: PlacedRun;
  text: string;
  /** Bytes that are left out after the text. */
  leftOut: number;
  /** It was not kept so long. */
  isDropped: boolean;
  /** Where the whole log is: that of the run that did it, where this one was skipped for it. */
  at: { stepId: number; place: number; from: number };
}

/** What the hosts of one step have written. */
export interface StepOutput {
  stepId: number;
  hosts: HostOutput[];
  /** After which place hosts are left out; null: none is. */
  after: number | null;
}

/**
 * What hosts have written in an attempt of a node, in their order: at most 200 hosts, 64 KB of each and 1 MB in all.
 *
 * @param address only hosts with this address, which have all of the room
 */
export async function readHostOutput(db: Db, attempt: AttemptKey, address?: string): Promise<StepOutput[]> {
  const steps = await listStepsOf(db, attempt, MAX_STEPS);
  const chosen: { stepId: number; runs: PlacedRun[]; after: number | null }[] = [];
  let room = MAX_HOSTS;
  for (const { id } of steps) {
    const runs = await listRuns(db, id, { address, after: 0, limit: room + 1 });
    const shown = runs.slice(0, room);
    chosen.push({ stepId: id, runs: shown, after: runs.length > room ? (shown.at(-1)?.place ?? 0) : null });
    room -= shown.length;
  }
  const runs = chosen.flatMap((step) => step.runs);
  const share = Math.floor(MAX_BYTES / Math.max(1, runs.length));
  const maxBytes = address === undefined ? Math.min(MAX_HOST_BYTES, share) : share;
  const logs = await readBeginnings(db, runs.map(logOf), maxBytes);
  return chosen.map((step) => ({
    stepId: step.stepId,
    after: step.after,
    hosts: step.runs.map((run) => outputOf(run, step.stepId, logs.get(logOf(run)))),
  }));
}

const NEVER_WROTE: LogBeginning = { bytes: Buffer.alloc(0), size: 0, hasEnded: true, isDropped: false };

/** The run whose log it is. */
function logOf(run: PlacedRun): string {
  return run.from_run ?? run.id;
}

function outputOf(run: PlacedRun, stepId: number, log = NEVER_WROTE): HostOutput {
  const isWhole = log.hasEnded && log.bytes.length >= log.size;
  const bytes = isWhole ? log.bytes : wholeCharacters(log.bytes);
  const at = { ...(run.doneBy ?? { stepId, place: run.place }), from: bytes.length };
  return { run, text: bytes.toString('utf8'), leftOut: log.size - bytes.length, isDropped: log.isDropped, at };
}
