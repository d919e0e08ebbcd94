import type { Db } from '../../db/connection';
import { askForHosts, hasFreeHost, listAwaitedHosts } from '../../db/host-locks';
import type { HostStepRecord } from '../../db/host-steps';
import type { HostWait } from '../../plugins/hosts';
import type { FairGate } from './fair-gate';

const MOST_NAMED = 3;
/** A step asks again after a quarter of the time that it waits already. */
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const PLACES_WAIT_MS = 10_000;

/**
 * What a step of which nothing is under way has to wait for before it can begin a host; undefined: nothing. Who waits for hosts
 * holds its place in their lines by asking.
 */
export async function findWait(
  db: Db,
  { id, project_id, locks_hosts, concurrency, created_at }: HostStepRecord,
  { gates, waiting }: { gates: readonly FairGate[]; waiting: number },
): Promise<HostWait | undefined> {
  if (locks_hosts && !(await hasFreeHost(db, id))) return await waitForHosts(db, { id, concurrency, waiting });
  if (gates.every((gate) => gate.hasRoom(project_id))) return undefined;
  const waitingFor = 'a free place: the worker works on as many hosts as it may (GANTRY_HOSTS_PARALLEL)';
  const at = Date.now() + Math.max(waitAfter(created_at), PLACES_WAIT_MS);
  return { wait: 'until', at, waitingFor };
}

async function waitForHosts(
  db: Db,
  { id, concurrency, waiting }: { id: number; concurrency: number; waiting: number },
): Promise<HostWait> {
  await askForHosts(db, { stepId: id, limit: concurrency });
  const awaited = await listAwaitedHosts(db, id, MOST_NAMED);
  const since = new Date(Math.min(Date.now(), ...awaited.map((host) => host.since?.getTime() ?? Date.now())));
  const named = awaited.map(({ address, taskId }) => (taskId === null ? address : `${address} (task ${taskId})`));
  const more = waiting > named.length ? ` and ${waiting - named.length} more` : '';
  const waitingFor = `hosts on which other nodes work: ${named.join(', ')}${more}`;
  return { wait: 'until', at: Date.now() + waitAfter(since), waitingFor };
}

function waitAfter(since: Date): number {
  const wait = Math.round((Date.now() - since.getTime()) / 4);
  return Math.min(Math.max(wait, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
}
