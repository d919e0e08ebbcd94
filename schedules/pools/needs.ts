import { wholeUp } from '../../base/whole-up';

/** What a pool needs of another one. */
export interface Need {
  pool_id: number;
  on: number;
  /** Hosts there for each one here. */
  ratio: number;
  /** Hosts there beside those. */
  spare: number;
  /** The step there after which a host counts; empty: the last one. */
  step_name: string;
}

/**
 * How many hosts other pools are to have when one has so many: those that it needs, and those that these need in turn. What
 * several need of one pool comes together. There are no circles (`requireNoCircle`).
 *
 * @returns hosts by pool
 */
export function neededHosts(needs: readonly Need[], poolId: number, hosts: number): Map<number, number> {
  const needed = new Map([[poolId, hosts]]);
  for (const id of inOrder(needs, poolId)) {
    for (const { on, ratio, spare } of needs.filter(({ pool_id }) => pool_id === id)) {
      needed.set(on, (needed.get(on) ?? 0) + wholeUp((needed.get(id) ?? 0) * ratio) + spare);
    }
  }
  needed.delete(poolId);
  return needed;
}

/** A pool and those that it needs, each before those that it needs itself. */
function inOrder(needs: readonly Need[], poolId: number): number[] {
  const done = new Set<number>();
  const visit = (id: number) => {
    if (done.has(id)) return;
    for (const need of needs) if (need.pool_id === id) visit(need.on);
    done.add(id);
  };
  visit(poolId);
  return [...done].reverse();
}
