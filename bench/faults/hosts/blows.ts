import { setTimeout as delay } from 'node:timers/promises';
import type { Machine } from '../../machines/machine';
import type { Dice } from '../../random';
import { untilDead } from '../protocol/hosts';
import { supervisorsOn } from './on-hosts';
import { HOSTS, isOnTheWayTo } from './world';

/** What is done to hosts in the middle of their work. */
export const BLOWS = ['reboot', 'cut', 'supervisor'] as const;
export type Blow = (typeof BLOWS)[number];

const MOST_CUT = 3;
const LONGEST_CUT_MS = 6_000;

/** What a blow has hit. */
export interface Hit {
  /** Numbers of hosts that could not be reached for a while. */
  away: Set<number>;
  rebooted: Set<number>;
  /** Keys of runs. */
  killed: Set<string>;
}

/** Does something to some hosts; resolves when they are all there again. */
export async function strike(blow: Blow, machines: readonly Machine[], dice: Dice): Promise<Hit> {
  const hit: Hit = { away: new Set(), rebooted: new Set(), killed: new Set() };
  const first = dice.below(HOSTS);
  if (blow === 'cut') {
    const cut = Array.from({ length: 1 + dice.below(MOST_CUT) }, (_, index) => (first + 3 * index) % HOSTS);
    const forMs = dice.below(LONGEST_CUT_MS);
    for (const host of cut) addAway(hit, host);
    await Promise.all(cut.map((host) => machines[host]!.cut()));
    await delay(forMs);
    await Promise.all(cut.map((host) => machines[host]!.heal()));
    return hit;
  }
  if (blow === 'reboot') {
    addAway(hit, first);
    hit.rebooted.add(first);
    await machines[first]!.reboot();
    return hit;
  }
  // The first host from there on that does something.
  for (let step = 0; step < HOSTS && hit.killed.size === 0; step++) {
    const machine = machines[(first + step) % HOSTS]!;
    for (const [key, pid] of supervisorsOn(machine)) {
      hit.killed.add(key);
      await machine.shell(`kill -KILL ${pid} || :`);
      await untilDead(machine.path('/proc'), pid);
    }
  }
  return hit;
}

function addAway({ away }: Hit, host: number): void {
  for (let target = 0; target < HOSTS; target++) if (isOnTheWayTo(host, target)) away.add(target);
}
