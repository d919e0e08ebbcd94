import type { Language } from './rules';

/** What expressions may read of the outside: all of it recorded with events, so that replays agree. */
export interface Ambient {
  /** By which rules texts are rendered; absent: the newest. */
  language?: Language;
  /** Milliseconds since the epoch. */
  now: number;
  /** In [0, 1). */
  random(): number;
  /** The task's time zone at a moment, in minutes east of UTC. */
  offsetMinutes(at: number): number;
}
