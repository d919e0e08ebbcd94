import { setTimeout as sleep } from 'node:timers/promises';

/** A service that dies so long after a backend came back may still die of that: connections have timeouts. */
const BLAMED_FOR_MS = 30_000;
/** A backend that hangs is away. */
const PROBE_WITHIN_MS = 5_000;
const POLL_MS = 250;

interface Backend {
  probe: () => Promise<unknown>;
  isDown: boolean;
  /** When it was last known to be away, by `Date.now()`. */
  awayAtMs: number;
}

/** Whether what the services live of, Postgres and Temporal, is there, and was of late. */
export class Availability {
  readonly #backends = new Map<string, Backend>();

  /** @param probe fulfilled when the backend serves; it is asked only when it matters */
  add(name: string, probe: () => Promise<unknown>): void {
    this.#backends.set(name, { probe, isDown: false, awayAtMs: Number.NEGATIVE_INFINITY });
  }

  /** Its process has ended. */
  down(name: string): void {
    const backend = this.#backends.get(name);
    if (backend) Object.assign(backend, { isDown: true, awayAtMs: Date.now() });
  }

  /** It serves again. */
  up(name: string): void {
    const backend = this.#backends.get(name);
    if (backend) Object.assign(backend, { isDown: false, awayAtMs: Date.now() });
  }

  /** The name of a backend that is away now, or was within the last 30 s. */
  async awayOfLate(): Promise<string | undefined> {
    await this.#look();
    const now = Date.now();
    const away = [...this.#backends].find(([, { isDown, awayAtMs }]) => isDown || now - awayAtMs < BLAMED_FOR_MS);
    return away?.[0];
  }

  /** Waits until all of them serve, `withinMs` at most. */
  async untilBack(withinMs: number): Promise<void> {
    const giveUpAtMs = Date.now() + withinMs;
    while (!(await this.#look()) && Date.now() < giveUpAtMs) await sleep(POLL_MS);
  }

  async #look(): Promise<boolean> {
    const found = await Promise.all([...this.#backends.values()].map(isThere));
    return found.every(Boolean);
  }
}

async function isThere(backend: Backend): Promise<boolean> {
  if (backend.isDown) return false;
  const timer = new AbortController();
  const late = sleep(PROBE_WITHIN_MS, false, { signal: timer.signal }).catch(() => false);
  const answer = backend.probe().then(
    () => true,
    () => false,
  );
  const isUp = await Promise.race([answer, late]);
  timer.abort();
  if (!isUp) backend.awayAtMs = Date.now();
  return isUp;
}
