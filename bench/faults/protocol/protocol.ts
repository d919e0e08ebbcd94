import { join } from 'node:path';
import { Dice, seededRandom } from '../../random';
import { FaultHost, KINDS, present } from './hosts';
import { type Blow, countLeft, type RunResult, runOnce } from './round';

const HOSTS = 10;
/** Of ten runs, two have their supervisor killed, and one its host rebooted. */
const BLOWS: readonly Blow[] = [
  'supervisor',
  'none',
  'none',
  'none',
  'reboot',
  'none',
  'supervisor',
  'none',
  'none',
  'none',
];

export interface ProtocolOptions {
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
 * Runs scripts on ten hosts of this machine, in its shells, while clients are killed at random moments, and now and then a
 * supervisor or a host.
 */
export async function breakProtocol(options: ProtocolOptions): Promise<ProtocolResult> {
  const { rounds, seed, client = join(__dirname, 'client.js'), onRound } = options;
  const kinds = present();
  const hosts = Array.from({ length: HOSTS }, (_, index) => new FaultHost(kinds[index % kinds.length]!));
  const results: RunResult[] = [];
  let leaked = 0;
  try {
    for (let round = 1; round <= rounds; round++) {
      const ofRound = await Promise.all(
        hosts.map((host, index) => {
          const dice = new Dice(seededRandom(seed + round * HOSTS + index));
          // Another host each round, so that every shell meets every blow.
          return runOnce(host, `r${round}-h${index}`, BLOWS[(index + round) % BLOWS.length]!, dice, client);
        }),
      );
      results.push(...ofRound);
      onRound?.(round, ofRound);
    }
    for (const host of hosts) leaked += await countLeft(host);
  } finally {
    for (const host of hosts) host.remove();
  }
  return {
    leftOut: KINDS.filter((kind) => !kinds.includes(kind)),
    runs: results.length,
    clientsKilled: results.reduce((sum, { killed }) => sum + killed, 0),
    hit: results.filter(({ wasHit }) => wasHit).length,
    lost: results.filter(({ state }) => state?.kind === 'lost').length,
    leaked,
    problems: results.flatMap(({ problems }) => problems),
  };
}
