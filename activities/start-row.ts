import { Context } from '@temporalio/activity';
import type { NodeExecutionChange } from '../db/node-executions';
import type { PluginRunInput } from '../workflows/contract';
import type { Recorder, Rows } from './recorder';

/** How long work that may be done twice runs until its row says so. */
const SEEN_AFTER_MS = 25;

/** Whether nothing depends on the row of the start: the work may be done twice, and nobody has begun it before. */
export function mayStartUnseen({ effect }: PluginRunInput): boolean {
  return (effect === 'none' || effect === 'idempotent') && Context.current().info.attempt === 1;
}

/** The row of an attempt's start: that it runs, since when, and with what. With it goes what is recorded along. */
export class StartRow {
  readonly #row: NodeExecutionChange;
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
    const { taskId, effect, along } = this.input;
    const fence = effect === 'once' ? 'newer' : 'retake';
    const rows = withRow(this.#row, along);
    this.#written = this.recorder.record(taskId, rows, { fence }).then((taken) => taken.includes(this.#row.seq));
    return this.#written;
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
  async complete(end: NodeExecutionChange): Promise<Rows> {
    this.forget();
    if (await this.#written?.catch(() => false)) return { nodes: [end] };
    return withRow({ ...this.#row, ...end }, this.input.along);
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

function withRow(row: NodeExecutionChange, along: PluginRunInput['along']): Rows {
  return { nodes: [...(along?.nodes ?? []), row], task: along?.task };
}
