import { setImmediate as letOthersRun } from 'node:timers/promises';
import { type Event, isEnded, type State, step, Work } from '../pipeline/machine';
import type { Program } from '../pipeline/program';
import type { TwinInput } from '../workflows/contract';

/** Tasks whose copies this process keeps: the least recently used one goes first. */
const MAX_TWINS = 200;

/** A copy of a workflow's machine. */
export interface Twin {
  program: Program;
  state: State;
  /** Events that it has heard. */
  version: number;
}

/** The copies of machines that this process has, by workflow run. */
export class Twins {
  readonly #byRun = new Map<string, Twin>();

  /**
   * Takes a copy out and brings it to where the workflow's machine is; undefined when there is none of that version. Put
   * it back when it has come to a good end: until then nobody knows it.
   */
  async take(runId: string, input: TwinInput): Promise<Twin | undefined> {
    const kept = this.#byRun.get(runId);
    this.#byRun.delete(runId);
    if ('state' in input) return { program: input.program, state: input.state, version: input.version };
    if (kept?.version !== input.version) return undefined;
    const work = new Work();
    for (const event of input.events) {
      hear(kept, event, work);
      if (!work.isSpent) continue;
      work.reset();
      await letOthersRun();
    }
    return kept;
  }

  /** Keeps a copy for the next time; one of a task that has ended has none. */
  put(runId: string, twin: Twin): void {
    if (isEnded(twin.state)) return;
    this.#byRun.set(runId, twin);
    if (this.#byRun.size <= MAX_TWINS) return;
    const [oldest] = this.#byRun.keys();
    this.#byRun.delete(oldest!);
  }
}

/** Feeds an event to a copy; its commands, as the workflow's machine will give them. */
export function hear(twin: Twin, event: Event, work: Work) {
  twin.version += 1;
  return step(twin.program, twin.state, event, work);
}
