import { stringifyJson } from '../base/json';
import type { Command, NodeRow, TaskRow } from '../pipeline/machine';
import type { RecordInput, RowsAlong } from './contract';

/** Beyond that a local activity of their own records rows: the input of an activity stays in the history. */
const MAX_ALONG = 20;
const MAX_ALONG_CHARACTERS = 16 * 1024;

/** What the machine has recorded and nobody has written yet. */
export class PendingRows {
  #nodes: NodeRow[];
  #task: TaskRow | undefined;
  readonly #along = new Set<RowsAlong>();
  /** How often they were taken to be written at once, and how many of these times they have been. */
  #taken = 0;
  #written = 0;
  /** Somebody waits until they are written. */
  #isAwaited = false;
  /** As people see the task; a new one has been RUNNING for them since they asked for it. */
  #shown: TaskRow['shown'] | undefined;

  /** @param rows what the run before has left; absent: the task is new */
  constructor(
    private readonly taskId: number,
    rows?: RowsAlong,
  ) {
    this.#nodes = rows?.nodes ?? [];
    this.#task = rows?.task;
    if (!rows) this.#shown = 'RUNNING';
  }

  get isEmpty(): boolean {
    return this.#nodes.length === 0 && this.#task === undefined;
  }

  /** @param isRecorded whether somebody has written what the commands record */
  keep(commands: readonly Command[], isRecorded: boolean): void {
    for (const command of commands) {
      if (command.type === 'record_task') this.#keepTask(command.row, isRecorded);
      else if (command.type === 'record_node' && !isRecorded) this.#nodes.push(command.row);
    }
  }

  #keepTask(row: TaskRow, isRecorded: boolean): void {
    if (isRecorded) this.#shown = row.shown;
    else this.#task = { ...this.#task, ...row };
  }

  /** All of them, as the argument of who writes them. */
  all(): RecordInput {
    const task = this.#task;
    return { taskId: this.taskId, nodes: this.#nodes, ...(task ? { task } : {}) };
  }

  /** All of them; whoever takes them writes them, and says so before they are taken again. */
  take(): RecordInput {
    this.#taken += 1;
    this.#isAwaited = false;
    return this.#empty();
  }

  /** Those that were taken last have been written. */
  wrote(): void {
    this.#written = this.#taken;
  }

  /** From now on none is given along: who waits for them waits for no activity. */
  hold(): void {
    this.#isAwaited = true;
  }

  /** Whether all that is there now has been written, for who asks again and again. */
  untilWritten(): () => boolean {
    this.#isAwaited = !this.isEmpty;
    const last = this.isEmpty ? this.#taken : this.#taken + 1;
    return () => this.#written >= last;
  }

  #empty(): RecordInput {
    const rows = this.all();
    if (rows.task) this.#shown = rows.task.shown;
    this.#nodes = [];
    this.#task = undefined;
    return rows;
  }

  /**
   * All of them, for the activity of a plugin that is about to be asked for; undefined when they have to be written at
   * once. An activity may wait until a worker has room for it: what people wait to see must not.
   */
  takeAlong(): RowsAlong | undefined {
    if (this.isEmpty || this.#isAwaited) return undefined;
    if (this.#nodes.length > MAX_ALONG || !this.#nodes.every(isPassing)) return undefined;
    if (this.#task && this.#task.shown !== this.#shown) return undefined;
    if (stringifyJson(this.#nodes).length > MAX_ALONG_CHARACTERS) return undefined;
    const { taskId: _, ...rows } = this.#empty();
    this.#along.add(rows);
    return rows;
  }

  /** The activity is over; when it has not written what it was given along, somebody else has to. */
  settle(rows: RowsAlong, isWritten: boolean): void {
    if (!this.#along.delete(rows) || isWritten) return;
    this.#nodes.unshift(...rows.nodes);
    this.#task ??= rows.task;
  }

  /** What activities that are still under way were given along is to be written all the same: they are not waited for. */
  recall(): void {
    for (const rows of this.#along) this.settle(rows, false);
  }
}

/** Whether the row tells of what nobody has to do something about: a node that is over, or a subprocess entered. */
function isPassing({ status, waitingFor }: NodeRow): boolean {
  return status === 'FINISHED' || (status === 'RUNNING' && waitingFor === undefined);
}
