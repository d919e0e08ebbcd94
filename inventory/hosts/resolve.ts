import type { Caller } from '../../access/caller';
import type { Db } from '../../db/connection';
import { findIpCandidates, type IpCandidate } from '../../db/ip-candidates';
import {
  addressesToFind,
  type HostCandidate,
  type IpProblem,
  type IpTarget,
  parseIpText,
  resolveTargets,
} from '../ip-text';
import type { InventoryPlace } from '../place';

/** Hosts of a project that a text means, in its order, and what is wrong with the rest. */
export interface ResolvedText {
  hosts: IpCandidate[];
  /** In the order of the text. */
  problems: IpProblem[];
}

/**
 * Which hosts of a project a text of addresses means. Hosts of others are named only to who has a role there.
 *
 * @throws GantryError `too_large` as `parseIpText`
 */
export async function resolveIpText(
  db: Db,
  { account, businessId }: InventoryPlace,
  text: string,
  { username, app }: Caller,
): Promise<ResolvedText> {
  const { targets, problems } = parseIpText(text);
  const wanted = { ...addressesToFind(targets), places: placesIn(targets), username };
  const found = targets.length === 0 ? [] : await findIpCandidates(db, account, wanted);
  const seen = new Set(found.filter(({ is_seen }) => is_seen).map(({ business_id }) => business_id));
  const resolved = resolveTargets(targets, found.map(candidateOf), {
    businessId,
    across: false,
    // Whoever has no role sees no pool either.
    sees: (id) => app.trusted || (id !== null && seen.has(id)),
  });
  const byId = new Map(found.map((host) => [host.id, host]));
  return {
    hosts: resolved.hostIds.map((id) => byId.get(id)!),
    problems: [...problems, ...resolved.problems].sort((a, b) => a.position - b.position),
  };
}

function placesIn(targets: readonly IpTarget[]): { set: string; module: string }[] {
  return targets.flatMap((target) =>
    target.kind === 'module_address' ? [{ set: target.set, module: target.module }] : [],
  );
}

function candidateOf({ id, address, modules, ...host }: IpCandidate): HostCandidate {
  return {
    id,
    address,
    modules,
    cloudId: host.cloud_id,
    cloudName: host.cloud_name,
    businessId: host.business_id,
    businessName: host.business_name ?? undefined,
  };
}
