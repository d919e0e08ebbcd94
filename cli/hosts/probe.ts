import { setTimeout as delay } from 'node:timers/promises';
import type { ShownProbe } from '../../api/v1/answers';
import { harmless } from '../table/width';
import type { V1Client } from '../v1/client';

/** Hosts that are asked at once. */
const PART = 100;
const ASK_EVERY_MS = 1_000;
/** Longer no probe runs. */
const MAX_ASKED = 360;

type Hosts = NonNullable<ShownProbe['hosts']>;

/**
 * Has hosts tested, or their keys looked at, in parts of 100, one after the other, however long each takes.
 *
 * @param what with which words of its body beside the hosts
 * @returns of each host what came of it, in their order
 * @throws Error where one came to no result
 */
export async function probeHosts(
  client: V1Client,
  project: string,
  hostIds: readonly number[],
  { what, ...body }: { what: 'test' | 'scan-keys'; account?: string | undefined },
): Promise<Hosts> {
  const probed: Hosts = [];
  for (let from = 0; from < hostIds.length; from += PART) {
    const host_ids = hostIds.slice(from, from + PART);
    const begun = await client.post<ShownProbe>(`${project}/hosts/${what}`, { host_ids, ...body });
    probed.push(...(await resultOf(client, project, begun)));
  }
  return probed;
}

async function resultOf(client: V1Client, project: string, begun: ShownProbe): Promise<Hosts> {
  const path = `${project}/probes/${begun.probe_id}`;
  let probe = begun;
  for (let asked = 0; probe.state === 'running'; asked += 1) {
    if (asked === MAX_ASKED) throw new Error(`it still runs: ask for ${path} later`);
    await delay(ASK_EVERY_MS);
    probe = await client.get<ShownProbe>(path);
  }
  if (probe.state === 'done') return probe.hosts ?? [];
  throw new Error(harmless(probe.message ?? 'it came to no result'));
}
