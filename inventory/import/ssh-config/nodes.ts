import { hostProblems, short } from '../../host-problems';
import { canonicalAddress } from '../../ip-text';
import { MAX_IMPORT_HOSTS } from '../../limits';
import type { Notes } from '../notes';
import { requireSize } from '../size';
import { expandHostName } from './address';
import type { SectionIndex } from './find';
import type { Said, Settings } from './settings';

/** A host of the configuration, and how it is reached. */
export interface Node {
  name: string;
  address: string;
  at: string;
  settings: Settings;
  port?: Said<number>;
  user?: Said<string>;
  /** The host over which it is reached; null: it is said that there is none. */
  over?: Said<Node | null>;
}

/** The hosts of a configuration, each once whatever it is called. */
export class Nodes {
  readonly all: Node[] = [];
  readonly #byName = new Map<string, Node | undefined>();
  readonly #byAddress = new Map<string, Node>();

  constructor(
    private readonly index: SectionIndex,
    private readonly notes: Notes,
  ) {}

  /**
   * The host that is called so, which is made where there is none. Several names of one address are one host, which is called
   * by the first.
   *
   * @param at where it is named
   * @returns undefined when something is wrong with it, which is noted
   * @throws GantryError `too_large`
   */
  named(name: string, at: string): Node | undefined {
    if (!this.#byName.has(name)) this.#byName.set(name, this.#found(name, at));
    return this.#byName.get(name);
  }

  #found(name: string, at: string): Node | undefined {
    const settings = this.index.settingsOf(name);
    const address = this.#addressOf(name, settings, at);
    if (address === undefined) return undefined;
    const same = this.#byAddress.get(address);
    if (same) {
      const why = `it has the address of ${same.name}, and is the same host: how it is reached is taken from there`;
      this.notes.drop(at, `the name ${name}`, why);
      return same;
    }
    const node: Node = { name, address, at, settings };
    this.all.push(node);
    requireSize('hosts', this.all.length, MAX_IMPORT_HOSTS);
    this.#byAddress.set(address, node);
    return node;
  }

  #addressOf(name: string, { hostName }: Settings, at: string): string | undefined {
    const problems = hostProblems({ name, tags: [], variables: {} });
    const written = hostName ? expandHostName(hostName.value, name) : name;
    const address = canonicalAddress(written ?? '');
    if (written === undefined) {
      problems.push(`HostName ${short(hostName!.value)} (${hostName!.at}): only %h and %% are known in it`);
    } else if (address === undefined) {
      const where = hostName ? ` (HostName, ${hostName.at})` : '';
      problems.push(`the address of ${short(name)}, "${short(written)}"${where}, is no IP address and no DNS name`);
    }
    for (const problem of problems) this.notes.wrong(at, problem);
    return problems.length === 0 ? address : undefined;
  }
}
