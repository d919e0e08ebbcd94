import { groupedBy } from '../../base/grouped';
import type { DbOrTransaction } from '../../db/connection';
import { type FlowRun, listRunsOfFlowHost } from '../../db/flow-host-lists';
import { type LogBeginning, readBeginnings } from '../../db/host-logs';
import { wholeCharacters } from '../../tasks/view/characters';
import { requireFlowHost } from '../flows/find';

/** Tries of steps on one host of which the log tells, the newest ones. */
const MAX_RUNS = 200;
/** Of the log of one try, and of all. */
const MAX_RUN_BYTES = 64 * 1024;
const MAX_BYTES = 1024 * 1024;

/** What a step has written on a host, all tries of it together. */
export interface StepLog {
  /** From 0. */
  step: number;
  name: string;
  text: string;
}

/**
 * What the steps of a flow have written on one of its hosts, up to the one that it is at (orion §1.5): the beginning of each
 * try, and why those that have not ended well have not.
 *
 * @throws GantryError `not_found` for a host of a flow that is not of the project
 */
export async function readNodeLog(db: DbOrTransaction, projectId: number, nsid: number): Promise<StepLog[]> {
  const host = await requireFlowHost(db, projectId, nsid);
  const runs = await listRunsOfFlowHost(db, host, MAX_RUNS);
  if (runs.length === 0) return [];
  const maxBytes = Math.min(MAX_RUN_BYTES, Math.floor(MAX_BYTES / runs.length));
  const logs = await readBeginnings(
    db,
    runs.map(({ id }) => id),
    maxBytes,
  );
  const bySteps = groupedBy(runs, ({ step }) => step);
  return [...bySteps].map(([step, tries]) => ({
    step,
    name: tries[0]!.name,
    text: tries.map((run) => textOf(run, logs.get(run.id))).join(''),
  }));
}

function textOf({ stepId, place, status, reason }: FlowRun, log: LogBeginning | undefined): string {
  const lines: string[] = [];
  const bytes = log?.bytes ?? Buffer.alloc(0);
  const isWhole = bytes.length === (log?.size ?? 0);
  const text = (isWhole ? bytes : wholeCharacters(bytes)).toString('utf8');
  if (text !== '') lines.push(text.endsWith('\n') ? text.slice(0, -1) : text);
  if (log?.isDropped) lines.push('[what was written here is not kept any more]');
  else if (!isWhole)
    lines.push(`[${log!.size} bytes in all: host step ${stepId}, place ${place} of /api/v1 has the rest]`);
  if (reason !== '') lines.push(`[${status}: ${reason}]`);
  return lines.map((line) => `${line}\n`).join('');
}
