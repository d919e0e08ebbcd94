import type { Context } from 'hono';
import { type Address, isWithin, type Network, parseNetworks } from '../base/networks';
import { MAX_INTEGER } from '../db/schema';
import type { Services } from '../tasks/services';

/** What clients at some addresses are taken for, that can say neither their app nor their project. */
export interface LegacyEntry {
  /** Its code. */
  app: string;
  network: Network;
  projectId: number;
}

/**
 * Reads `GANTRY_ORION_LEGACY`: `app@network=project`, several separated by commas; projects by their ids.
 *
 * @example parseLegacy('old-console@10.1.2.0/24=3')
 * @throws Error saying which entry is none
 */
export function parseLegacy(text: string): LegacyEntry[] {
  const words = text.split(',').map((word) => word.trim());
  return words.filter((word) => word !== '').map(parseEntry);
}

function parseEntry(word: string): LegacyEntry {
  const [, app, addresses, project] = /^([\w.-]{1,64})@([^@=]+)=(\d{1,10})$/.exec(word) ?? [];
  if (app === undefined || addresses === undefined || Number(project) > MAX_INTEGER) {
    throw new Error(`${word} is no app@network=project, as old-console@10.1.2.0/24=3`);
  }
  return { app, network: parseNetworks(addresses)[0]!, projectId: Number(project) };
}

/** Says at the start what is believed of whom: nobody who has one of these addresses is asked for a proof. */
export function warnOfLegacy(entries: readonly LegacyEntry[], log: Pick<Services['log'], 'warn'>): void {
  for (const { app, network, projectId } of entries) {
    const addresses = `${network[0]}/${network[1]}`;
    log.warn(
      { app, addresses, projectId },
      'GANTRY_ORION_LEGACY: whoever asks from these addresses is this app, in this project, as whatever user it names',
    );
  }
}

/** What an installation lets old clients do. */
export class Legacy {
  constructor(
    private readonly entries: readonly LegacyEntry[],
    private readonly addressOf: (context: Context) => Address | undefined,
  ) {}

  /** What the address of a request stands for; the first entry that has it counts. */
  entryOf(context: Context): LegacyEntry | undefined {
    if (this.entries.length === 0) return undefined;
    const address = this.addressOf(context);
    return address && this.entries.find(({ network }) => isWithin(address, [network]));
  }

  /** The project of an app that has an entry. */
  projectOf(app: string): number | undefined {
    return this.entries.find((entry) => entry.app === app)?.projectId;
  }
}

/** Where nobody is taken for anybody. */
export const NO_LEGACY = new Legacy([], () => undefined);
