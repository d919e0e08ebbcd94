import { Context } from '@temporalio/activity';
import { isDatabasesFault } from '../db/errors';
import type { WriteOptions } from '../db/node-execution-writer';
import type { NodeExecutionChange } from '../db/node-executions';
import type { PluginRunInput } from '../workflows/contract';
import type { Recorder } from './recorder';

/** How long work that may be done twice runs until its row says so. */
const SEEN_AFTER_MS = 25;

/** Whether nothing depends on the row of the start: the work may be done twice, and nobody has begun it before. */
export function mayStartUnseen({ effect }: PluginRunInput): boolean {
  return (effect === 'none' || effect === 'idempotent') && Context.current().info.attempt === 1;
}

/** The row of an attempt's start: that it runs, since when, and with what. With it goes what is recorded along. */
export class StartRow {
  readonly #row: NodeExecutionChange;
  /** What is recorded along has been tried. */
  #isAlongDone = false;
  /** The database does not take what is recorded along: its own task writes it. */
  isAlongRefused = false;
  #written: Promise<boolean> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly recorder: Recorder,
    private readonly input: PluginRunInput,
  ) {
    const { seq, inputs } = input;
    this.#row = { ...attemptOf(input), seq, status: 'RUNNING', startedAt: Date.now(), inputs };
  }

  /**
   * Writes it. Work that must not be done twice is claimed by it: when the row is there already, an earlier run of this
   * activity may have done it.
   */
  write(): Promise<boolean> {
    const fence = this.input.effect === 'once' ? 'newer' : 'retake';
    this.#written = this.record([this.#row], { fence }).then((taken) => taken.includes(this.#row.seq));
    return this.#written;
  }

  /**
   * Writes rows of the attempt, and what is recorded along, which must not keep them from being written.
   *
   * @returns the sequence numbers of those that were taken
   */
  async record(own: NodeExecutionChange[], options: WriteOptions = {}): Promise<number[]> {
    const { taskId, along } = this.input;
    if (!along || this.#isAlongDone) return this.recorder.record(taskId, { nodes: own }, options);
    try {
      const rows = { nodes: [...along.nodes, ...own], task: along.task };
      const taken = await this.recorder.record(taskId, rows, options);
      this.#isAlongDone = true;
      return taken;
    } catch (error) {
      if (isDatabasesFault(error)) throw error;
      const taken = await this.recorder.record(taskId, { nodes: own }, options);
      this.#isAlongDone = true;
      this.isAlongRefused = true;
      return taken;
    }
  }

  /** Most work is over before anybody could have looked: its start and its end are then one row, written once. */
  writeIfItLasts(): void {
    // A start that cannot be written is written with the end.
    this.#timer = setTimeout(() => this.ensure().catch(() => {}), SEEN_AFTER_MS);
  }

  /** What the attempt's plugin saves is kept in its row. */
  async ensure(): Promise<void> {
    await (this.#written ?? this.write());
  }

  /** The row of the end, with what of the start has yet to be written. */
  async complete(end: NodeExecutionChange): Promise<NodeExecutionChange> {
    this.forget();
    return (await this.#written?.catch(() => false)) ? end : { ...this.#row, ...end };
  }

  /** Writes it no more: the attempt is over. */
  forget(): void {
    clearTimeout(this.#timer);
  }
}

/** Which attempt it is, as its row says. */
export function attemptOf({ nodeId, loop, innerLoop, attempt }: PluginRunInput) {
  return { nodeId, loop, innerLoop, retry: attempt - 1 };
}
