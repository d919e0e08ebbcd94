import type { Caller } from '../access/caller';
import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { auditOf, insertAudits } from '../db/audit';
import type { ProbeState } from '../temporal/probes';
import type { Probe } from '../workflows/contract';
import type { Services } from './services';

/** What hosts of a project are asked. */
export interface HostProbe {
  projectId: number;
  /** Hosts of the project, each once. */
  hostIds: readonly number[];
  what: Probe;
}

/** A probe, and how it stood when it was done, or left to itself. */
export type AskedProbe = { probeId: number } & Exclude<ProbeState, { state: 'failed' }>;

const AGAIN_AFTER_SECONDS = 5;

/**
 * Asks hosts something in the name of who calls, and waits a moment for the answer. That it was asked is on record before
 * it is done.
 *
 * @throws GantryError `too_many`; `unavailable` when no worker has begun it, and nothing of it is left, or when it came to no
 *   result
 */
export async function probeHosts(
  { db, probes }: Pick<Services, 'db' | 'probes'>,
  { projectId, hostIds, what }: HostProbe,
  { caller, actor }: { caller: Caller; actor: Actor },
): Promise<AskedProbe> {
  const { username } = caller;
  const place = await probes.open.take(username);
  if (!place) {
    throw new GantryError(
      'too_many',
      `${username} has too much under way with hosts: wait until some of it has ended`,
      {
        retryAfterSeconds: AGAIN_AFTER_SECONDS,
      },
    );
  }
  let isRunning = false;
  try {
    await insertAudits(
      db,
      hostIds.map((id) => ({ ...auditOf(actor), projectId, ...recordOf(what), object: `host ${id}` })),
    );
    const executor = { username, isTrusted: caller.app.trusted };
    const probeId = await probes.start({ projectId, executor, hostIds: [...hostIds], what });
    const seen = await probes.wait({ projectId, probeId });
    if (seen.state === 'no_worker') {
      throw new GantryError(
        'unavailable',
        'no worker has begun it in time, and nothing was done: start one (gantry worker)',
      );
    }
    if (seen.state === 'failed') throw new GantryError('unavailable', `it came to no result: ${seen.reason}`);
    isRunning = seen.state === 'running';
    if (isRunning) {
      place.hasEnded = async () => (await probes.look({ projectId, probeId }))?.state !== 'running';
    }
    return { probeId, ...seen };
  } finally {
    if (!isRunning) probes.open.giveBack(username, place);
  }
}

function recordOf(what: Probe): { action: string; detail?: object } {
  return what.kind === 'scan' ? { action: 'scan_keys' } : { action: 'test', detail: { account: what.account } };
}
