import { type IpProblem, problemOf } from './problem';
import { type IpTarget, keyOf } from './target';

/** A host that may be meant, as a query found it. */
export interface HostCandidate {
  id: number;
  cloudId: number;
  cloudName?: string | undefined;
  address: string | null;
  /** Null: it is in the resource pool. */
  businessId: number | null;
  businessName?: string | undefined;
  /** The modules that it is in, each with its set, by their names. */
  modules: readonly { set: string; module: string }[];
}

/** For whom hosts are looked up. */
export interface TargetViewer {
  /** Whose hosts are meant. */
  businessId: number;
  /** Whether hosts of other businesses that are seen may be meant, where this one has none. */
  across: boolean;
  /** Whether who asks may see hosts of a business; null: those of the resource pool. */
  sees(businessId: number | null): boolean;
}

export interface ResolvedTargets {
  /** In the order of the text, each once. */
  hostIds: number[];
  /** Of the kinds `unknown`, `other_business`, `ambiguous` and `duplicate`. */
  problems: IpProblem[];
}

const MAX_CHOICES = 10;

/** What one query has to find: hosts that have one of the ids, or one of the addresses in whichever cloud. */
export function addressesToFind(targets: readonly IpTarget[]): { ids: number[]; addresses: string[] } {
  const ids = targets.flatMap((target) => (target.kind === 'host' ? [target.hostId] : []));
  const addresses = targets.flatMap((target) => (target.kind === 'host' ? [] : [target.address]));
  return { ids: [...new Set(ids)], addresses: [...new Set(addresses)] };
}

/**
 * Which hosts are meant. Those of the viewer's business come first: a host of another one is meant only where this business
 * has none, and only if the viewer works across businesses. What the viewer may not see is unknown.
 *
 * @param candidates what was found of `addressesToFind`, of one supplier account
 */
export function resolveTargets(
  targets: readonly IpTarget[],
  candidates: readonly HostCandidate[],
  viewer: TargetViewer,
): ResolvedTargets {
  const byMeaning = indexOf(candidates);
  const hostIds = new Set<number>();
  const problems: IpProblem[] = [];
  for (const target of targets) {
    const chosen = choose(target, byMeaning.get(keyOf(target)) ?? [], viewer);
    if ('kind' in chosen) problems.push(chosen);
    else if (hostIds.has(chosen.id)) {
      const words = `is host ${chosen.id}, which is there already: it counts once`;
      problems.push(problemOf('duplicate', target, words));
    } else hostIds.add(chosen.id);
  }
  return { hostIds: [...hostIds], problems };
}

function choose(
  target: IpTarget,
  found: readonly HostCandidate[],
  { businessId, across, sees }: TargetViewer,
): HostCandidate | IpProblem {
  const own = found.filter((host) => host.businessId === businessId);
  const others = own.length > 0 ? [] : found.filter((host) => sees(host.businessId));
  const meant = own.length > 0 || !across ? own : others;
  if (meant.length === 1) return meant[0]!;
  if (meant.length > 1) return ambiguous(target, meant);
  if (others[0]) return inOtherBusiness(target, others[0], businessId);
  const where = target.kind === 'module_address' ? 'in that module of that set' : `in business ${businessId}`;
  return problemOf('unknown', target, `is no host ${where}: correct it, or add the host to the inventory`);
}

function ambiguous(target: IpTarget, hosts: readonly HostCandidate[]): IpProblem {
  const named = hosts.slice(0, MAX_CHOICES).map(({ cloudId, cloudName, address }) => ({
    choice: withCloud(cloudId, address ?? ''),
    cloud: cloudName ? ` (${cloudName})` : '',
  }));
  const choices = named.map(({ choice }) => choice);
  const more = hosts.length > MAX_CHOICES ? `, or one of ${hosts.length - MAX_CHOICES} more` : '';
  const words = `is a host in each of several clouds: write ${named.map(({ choice, cloud }) => choice + cloud).join(' or ')}${more}`;
  return problemOf('ambiguous', target, words, { choices });
}

function inOtherBusiness(target: IpTarget, host: HostCandidate, businessId: number): IpProblem {
  if (host.businessId === null) {
    const words = `is a host of the resource pool: move it into business ${businessId} first`;
    return problemOf('other_business', target, words);
  }
  const name = host.businessName ? ` (${host.businessName})` : '';
  const words = `is a host of business ${host.businessId}${name}, not of business ${businessId}: name one of its own hosts`;
  return problemOf('other_business', target, words, { businessId: host.businessId });
}

function withCloud(cloudId: number, address: string): string {
  return address.includes(':') ? `${cloudId}:[${address}]` : `${cloudId}:${address}`;
}

/** The candidates by all that they can be called, so that no target looks through all of them. */
function indexOf(candidates: readonly HostCandidate[]): Map<string, HostCandidate[]> {
  const index = new Map<string, HostCandidate[]>();
  const put = (key: string, host: HostCandidate) => {
    const there = index.get(key);
    if (!there) index.set(key, [host]);
    // A host is in several modules, but is one host.
    else if (there.at(-1) !== host) there.push(host);
  };
  for (const host of candidates) {
    const { id, cloudId, address, modules } = host;
    put(keyOf({ kind: 'host', hostId: id }), host);
    if (address === null) continue;
    put(keyOf({ kind: 'address', address }), host);
    put(keyOf({ kind: 'cloud_address', cloudId, address }), host);
    for (const { set, module } of modules) put(keyOf({ kind: 'module_address', set, module, address }), host);
  }
  return index;
}
