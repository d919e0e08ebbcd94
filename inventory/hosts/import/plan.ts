import type { HostRecord } from '../../../db/hosts';
import { tagCountProblem, variableCountProblem } from '../../host-problems';
import type { ImportedHost } from '../../import';
import { keyText, noSuchCloud } from '../read-rows';
import { notAvailable } from '../taken';

/** A host of the project as an import finds it. */
export interface KnownHost extends HostRecord {
  tags: ReadonlySet<string>;
  /** Those of which the import says something. */
  variables: ReadonlyMap<string, string>;
  variableCount: number;
}

/** What there is when hosts are imported. */
export interface Known {
  cloudIds: ReadonlySet<number>;
  /** Of the project, by `keyText`. */
  byKey: ReadonlyMap<string, KnownHost>;
  /** Of the project, by their names, as far as the import may mean them. */
  byName: ReadonlyMap<string, readonly KnownHost[]>;
  /** Keys of hosts that others have. */
  taken: ReadonlySet<string>;
}

/**
 * One thing of a host that changes; `field` is `name`, `address`, `cloud_id`, `is_disabled`, `tags`, `variables.NAME`, or
 * `ssh_profile`, of which the name is told.
 */
export interface FieldChange {
  field: string;
  before: string | number | boolean | null | readonly string[];
  after: string | number | boolean | null | readonly string[];
}

export interface Update {
  imported: ImportedHost;
  host: KnownHost;
  changes: FieldChange[];
}

/** What an import would do, host by host. */
export interface Plan {
  create: ImportedHost[];
  update: Update[];
  unchanged: { imported: ImportedHost; host: KnownHost }[];
  refused: { imported: ImportedHost; why: string; isTaken: boolean }[];
}

/**
 * What becomes of each host of an import. A host is the one that has its address in its cloud; else, of the project, the one
 * that has its name, where one of the two has no address. What is said changes: tags are added, never taken away, variables
 * get the values that are said, others stay. What was done is found again: the same import changes nothing then.
 */
export function planImport(hosts: readonly ImportedHost[], known: Known): Plan {
  const planner = new Planner(known, countOf(hosts.map(({ name }) => name)));
  // Those that are found by their names alone come last: by then it is known what others are called.
  for (const imported of hosts) if (imported.address !== null) planner.addAddressed(imported, imported.address);
  for (const imported of hosts) if (imported.address === null) planner.addNamed(imported);
  return planner.plan;
}

class Planner {
  readonly plan: Plan = { create: [], update: [], unchanged: [], refused: [] };
  /** Who meant a host first. */
  readonly #firstOf = new Map<KnownHost, ImportedHost>();
  /** What hosts are called afterwards. */
  readonly #nameOf = new Map<KnownHost, string>();

  /** Those whose address is not known, by their names where they are the only ones. */
  readonly #nameless: ReadonlyMap<string, KnownHost>;

  constructor(
    private readonly known: Known,
    private readonly timesNamed: ReadonlyMap<string, number>,
  ) {
    const nameless = [...known.byName].map(([name, hosts]) => ({
      name,
      hosts: hosts.filter(({ address }) => address === null),
    }));
    // Which of several is meant nobody knows: then it is another one.
    this.#nameless = new Map(nameless.flatMap(({ name, hosts }) => (hosts.length === 1 ? [[name, hosts[0]!]] : [])));
  }

  addAddressed(imported: ImportedHost, address: string): void {
    const { cloudIds, taken, byKey } = this.known;
    const key = { address, cloud_id: imported.cloudId };
    if (!cloudIds.has(imported.cloudId)) this.#refuse(imported, noSuchCloud(imported.cloudId).message);
    else if (taken.has(keyText(key))) this.#refuse(imported, notAvailable(key).message, true);
    else this.#add(imported, byKey.get(keyText(key)) ?? this.#unmet(this.#nameless.get(imported.name)));
  }

  addNamed(imported: ImportedHost): void {
    const { cloudIds, byName } = this.known;
    const { name, cloudId } = imported;
    if (!cloudIds.has(cloudId)) {
      this.#refuse(imported, noSuchCloud(cloudId).message);
      return;
    }
    if (this.timesNamed.get(name)! > 1) {
      this.#refuse(imported, `several hosts of the text are called ${name}: say its address`);
      return;
    }
    const meant = (byName.get(name) ?? []).filter((host) => (this.#nameOf.get(host) ?? name) === name);
    if (meant.length > 1) {
      this.#refuse(imported, `${meant.length} hosts of the project are called ${name}: say its address`);
    } else this.#add(imported, meant[0]);
  }

  /** A host that nobody of the import has meant so far. */
  #unmet(host: KnownHost | undefined): KnownHost | undefined {
    return host && !this.#firstOf.has(host) ? host : undefined;
  }

  #add(imported: ImportedHost, host: KnownHost | undefined): void {
    if (!host) {
      this.plan.create.push(imported);
      return;
    }
    const first = this.#firstOf.get(host);
    const problem = first ? `it is host ${host.id}, as that of ${first.at} is` : countProblem(imported, host);
    if (problem) {
      this.#firstOf.set(host, first ?? imported);
      this.#refuse(imported, problem);
      return;
    }
    this.#firstOf.set(host, imported);
    this.#nameOf.set(host, nameAfter(imported, host));
    const changes = changesOf(imported, host);
    if (changes.length > 0) this.plan.update.push({ imported, host, changes });
    else this.plan.unchanged.push({ imported, host });
  }

  #refuse(imported: ImportedHost, why: string, isTaken = false): void {
    this.plan.refused.push({ imported, why, isTaken });
  }
}

/** Who has no name is called by its address: that says nothing of what a host is called that there is. */
function nameAfter({ name, address }: ImportedHost, host: KnownHost): string {
  return name === address && host.name !== '' ? host.name : name;
}

function countProblem({ tags, variables }: ImportedHost, host: KnownHost): string | undefined {
  const added = Object.keys(variables).filter((name) => !host.variables.has(name));
  return (
    tagCountProblem(new Set([...host.tags, ...tags]).size) ?? variableCountProblem(host.variableCount + added.length)
  );
}

function changesOf(imported: ImportedHost, host: KnownHost): FieldChange[] {
  const { address, cloudId, disabled = host.is_disabled, tags, variables } = imported;
  const changes: FieldChange[] = [
    { field: 'name', before: host.name, after: nameAfter(imported, host) },
    { field: 'address', before: host.address, after: address ?? host.address },
    { field: 'cloud_id', before: host.cloud_id, after: address === null ? host.cloud_id : cloudId },
    { field: 'is_disabled', before: host.is_disabled, after: disabled },
    ...Object.entries(variables).map(([variable, value]) => ({
      field: `variables.${variable}`,
      before: host.variables.get(variable) ?? null,
      after: value,
    })),
  ];
  const changed = changes.filter(({ before, after }) => before !== after);
  if (tags.every((tag) => host.tags.has(tag))) return changed;
  const before = [...host.tags];
  return [...changed, { field: 'tags', before, after: [...new Set([...before, ...tags])].sort() }];
}

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
