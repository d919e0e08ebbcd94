import type { JsonObject } from '../json';
import type { HostChoice } from './host-choice';

/** What a task takes over from the one that it goes on with (docs/hosts.md, "Retry and again"). */
export interface TakenOver {
  /** By node index: activities that have finished there, and that do not run here. */
  nodes: Record<number, TakenNode>;
  /** For which hosts some nodes are begun, by node index. */
  hosts?: { choice: HostChoice; nodes: number[] };
}

/** How an activity ended in the earlier task. Times are ms since the epoch. */
export interface TakenNode {
  outputs: JsonObject;
  skip?: true;
  errorIgnored?: true;
  startedAt?: number;
}
