import type { Db } from '../../db/connection';
import { readLog } from '../../db/host-logs';
import { type AttemptKey, listNodeHostRuns, type NodeHostRun } from '../../db/node-host-runs';

/** Of one answer: bytes of all logs together, and hosts. */
const MAX_BYTES = 1024 * 1024;
const MAX_HOSTS = 250;
/** Of each host, however many there are. */
const LEAST_BYTES = MAX_BYTES / MAX_HOSTS;

/**
 * What an attempt of a node has written on its hosts, as one text for people: a line that names the host and says how it
 * stands, then the end of its log. What is left out is said, with where it is to be had.
 *
 * @param address only the hosts with it
 * @returns lines; none, when the node does nothing on hosts, or on none of that address
 */
export async function hostLogLines(db: Db, attempt: AttemptKey, address?: string): Promise<string[]> {
  const { runs, total } = await listNodeHostRuns(db, attempt, { address, limit: MAX_HOSTS });
  const share = Math.max(LEAST_BYTES, Math.floor(MAX_BYTES / Math.max(1, runs.length)));
  const lines: string[] = [];
  for (const run of runs) lines.push(heading(run), ...(await endOfLog(db, run, share)));
  if (total > runs.length) {
    lines.push(`[${total - runs.length} more hosts: /api/v1/projects/{project_id}/host-steps/${runs[0]!.stepId}/runs]`);
  }
  return lines;
}

function heading({ address, name, status, exitCode, reason }: NodeHostRun): string {
  const called = name === '' || name === address ? address : `${address} (${name})`;
  const ended = exitCode === null ? '' : `, exit code ${exitCode}`;
  return `=== ${called}: ${status}${ended}${reason === '' ? '' : `: ${reason.replaceAll(/\s*\n\s*/g, ' ')}`} ===`;
}

/** The last lines of a log, whole ones where something is left out. */
async function endOfLog(db: Db, { stepId, place, logOf, logBytes }: NodeHostRun, maxBytes: number): Promise<string[]> {
  const from = Math.max(0, logBytes - maxBytes);
  const bytes = await readLog(db, logOf, { from, maxBytes });
  const start = from === 0 ? 0 : bytes.indexOf('\n') + 1;
  const lines = bytes.subarray(start).toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (from + start === 0) return lines;
  const where = `/api/v1/projects/{project_id}/host-steps/${stepId}/runs/${place}/log`;
  return [`[${from + start} bytes before this: ${where}]`, ...lines];
}
