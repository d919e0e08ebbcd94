import { join } from 'node:path';
import { Dice, seededRandom } from '../../random';
import { type Blow, type FaultHost, KINDS, present } from './hosts';
import { LocalFaultHost } from './local-hosts';
import { openMachineHosts } from './machine-hosts';
import { countLeft, type RunResult, runOnce } from './round';

const LOCAL_HOSTS = 10;
/** Of ten runs, two have their supervisor killed, one its host rebooted, and two their host cut off where that can be. */
const BLOWS: readonly Blow[] = [
  'supervisor',
  'none',
  'cut',
  'none',
  'reboot',
  'none',
  'supervisor',
  'none',
  'cut',
  'none',
];

export interface ProtocolOptions {
  /** `machines`: real hosts, by ssh; `local`: folders of this machine that do as if. */
  on: 'machines' | 'local';
  rounds: number;
  seed: number;
  /** The compiled program of a client. */
  client?: string;
  onRound?(round: number, results: readonly RunResult[]): void;
}

/** What became of all runs. */
export interface ProtocolResult {
  /** Shells that this machine has not got. */
  leftOut: string[];
  runs: number;
  clientsKilled: number;
  /** Those that were under way when their supervisor was killed or their host rebooted. */
  hit: number;
  lost: number;
  leaked: number;
  problems: string[];
}

/**
 * Runs scripts on ten hosts, in the shells of this machine, while clients are killed at random moments, and now and then a
 * supervisor or a host, and links are cut.
 */
export async function breakProtocol(options: ProtocolOptions): Promise<ProtocolResult> {
  const { on, rounds, seed, client = join(__dirname, 'client.js'), onRound } = options;
  const { hosts, close } = on === 'machines' ? await openMachineHosts() : openLocalHosts();
  const results: RunResult[] = [];
  let leaked = 0;
  try {
    for (let round = 1; round <= rounds; round++) {
      const ofRound = await Promise.all(
        hosts.map((host, index) => {
          const dice = new Dice(seededRandom(seed + round * hosts.length + index));
          // Another host each round, so that every shell meets every blow.
          const blow = BLOWS[(index + round) % BLOWS.length]!;
          return runOnce(host, `r${round}-h${index}`, host.blows.includes(blow) ? blow : 'none', dice, client);
        }),
      );
      results.push(...ofRound);
      onRound?.(round, ofRound);
    }
    for (const host of hosts) leaked += await countLeft(host);
  } finally {
    await close();
  }
  return {
    leftOut: KINDS.filter((kind) => !present().includes(kind)),
    runs: results.length,
    clientsKilled: results.reduce((sum, { killed }) => sum + killed, 0),
    hit: results.filter(({ wasHit }) => wasHit).length,
    lost: results.filter(({ state }) => state?.kind === 'lost').length,
    leaked,
    problems: results.flatMap(({ problems }) => problems),
  };
}

function openLocalHosts(): { hosts: FaultHost[]; close(): Promise<void> } {
  const kinds = present();
  const hosts = Array.from({ length: LOCAL_HOSTS }, (_, index) => new LocalFaultHost(kinds[index % kinds.length]!));
  const close = async () => {
    for (const host of hosts) host.remove();
  };
  return { hosts, close };
}
