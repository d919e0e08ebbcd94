import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type Command,
  createState,
  type Event,
  isEnded,
  type Operation,
  type Outcome,
  type RunPlugin,
  type State,
  step,
  type TaskRow,
  Work,
} from '../pipeline/machine';
import type { AdvanceInput, AdvanceResult, PipelineInput, PipelineResult, RecordInput, RowsAlong } from './contract';
import { OpenCommands } from './open-commands';
import { PendingRows } from './pending-rows';
import { TwinLog } from './twin';

/** From here on the machine starts nothing new, so that the run can be carried over (the server's wall is at 51,200). */
const MAX_HISTORY_EVENTS = 20_000;

/** Flushes inside a workflow task, after which the task is ended, so that signals and updates are heard. */
const MAX_FLUSHES_PER_TASK = 5;

/** By what means the shell does what the machine commands: the product records in Postgres, the bench's workflow does not. */
export interface Means {
  /** Rejects when the run crashed for good, or was cancelled. What it is given along is recorded when it resolves. */
  runPlugin(command: RunPlugin, state: State, along?: RowsAlong): Promise<Outcome>;
  record?(input: RecordInput): Promise<void>;
  /** Runs quick plugins; without it they are run like others. */
  advance?(input: AdvanceInput): Promise<AdvanceResult>;
  /** Called when the shown state changes. */
  announce(task: TaskRow): void;
}

/**
 * Runs the machine durably: its commands become activities and timers, what happens becomes its events. One shell lives
 * as long as one workflow run.
 */
export class Shell {
  readonly program;
  readonly state: State;
  readonly #commands = new OpenCommands();
  readonly #twin = new TwinLog();
  readonly #quick: Map<string, RunPlugin>;
  readonly #rows: PendingRows;
  readonly #recordsAlong: boolean;
  #isStarted: boolean;
  #hasMore = false;
  /** What came while quick plugins were run, or when a workflow task had done enough. */
  #inbox: Event[] = [];
  #isAdvancing = false;
  readonly #work = new Work();
  /** What the server said of the history when something last came from outside. */
  #history = { length: 0, isLong: false };
  #flushes = 0;
  /** About to be carried over: the next run writes what is not written yet. */
  #isLeaving = false;

  constructor(
    input: PipelineInput,
    private readonly means: Means,
  ) {
    this.program = input.program;
    this.#isStarted = 'state' in input;
    this.state = 'state' in input ? input.state : createState(input.program, input.context, input.language ?? 1);
    if (!('state' in input) && input.taken) this.state.taken = input.taken;
    this.#rows = new PendingRows(this.state.context.taskId, 'state' in input ? input.rows : undefined);
    this.#recordsAlong = input.recordsAlong ?? false;
    this.#quick = new Map('state' in input ? input.quick.map((run) => [run.id, run]) : []);
  }

  /** Hears an operator's request, whatever else is going on. */
  operate(operation: Operation): void {
    this.#hear({ type: 'operated', operation, at: Date.now() });
  }

  /** As `operate`; says whether what it led to is written. False: the next run does that. */
  async operateAndRecord(operation: Operation): Promise<boolean> {
    this.#rows.hold();
    this.operate(operation);
    await this.turn();
    return this.#recorded();
  }

  /** Waits until all that has happened is written, also what activities were given along. False: the next run does that. */
  async recordAll(): Promise<boolean> {
    await this.turn();
    this.#rows.recall();
    return this.#recorded();
  }

  async #recorded(): Promise<boolean> {
    const isWritten = this.#rows.untilWritten();
    await condition(() => isWritten() || this.#isLeaving);
    return isWritten();
  }

  /** Waits until what came before has been heard: an operator's request is judged by what it led to. */
  async turn(): Promise<void> {
    if (this.#isAdvancing) await condition(() => !this.#isAdvancing);
    while (this.#isBehind) await condition(() => !this.#isBehind);
  }

  /**
   * Runs until the task has ended and all of it is recorded; long histories are carried over to a new run. A cancel
   * from outside (the Temporal Web UI has a button for it) is a stop.
   */
  run(): Promise<PipelineResult> {
    CancellationScope.current().cancelRequested.catch(() => this.operate({ id: 'workflow-cancelled', action: 'stop' }));
    return CancellationScope.nonCancellable(() => this.#interpret());
  }

  async #interpret(): Promise<PipelineResult> {
    this.#commands.root = CancellationScope.current();
    // Signals that came with the start are delivered first: a task may begin paused.
    await Promise.resolve();
    this.#feed({ type: this.#isStarted ? 'carried_over' : 'started', at: Date.now() });
    for (;;) {
      if (this.#isSpent) await this.#yield();
      else if (this.#quick.size > 0) await this.#advance();
      else await this.#flush();
      if (this.#canCarryOver()) await this.#carryOver();
      else if (this.#quick.size > 0) await this.#endWorkflowTask();
      else if (this.#hasMore) this.#continue();
      else if (!this.#rows.isEmpty) continue;
      else if (isEnded(this.state)) break;
      else await this.#rest();
    }
    this.#hearInbox();
    await condition(allHandlersFinished);
    return { status: this.state.shown === 'REVOKED' ? 'REVOKED' : 'FINISHED' };
  }

  /**
   * Something has come from outside. The order of events is that of the worker's copy of the machine: what comes while it
   * is ahead has to wait.
   */
  #hear(event: Event): void {
    this.#measure();
    if (this.#isAdvancing || this.#isBehind) this.#inbox.push(event);
    else this.#feed(event);
  }

  /**
   * Rendering has cost so much that a workflow task would take too long: what comes next is heard in another one. How much
   * it was depends on the order of events only, so that a replay ends its workflow tasks at the same places. Runs by the
   * first rules of the language know of no such end.
   */
  get #isSpent(): boolean {
    return this.#work.isSpent && (this.state.language ?? 1) > 1 && !isEnded(this.state);
  }

  get #isBehind(): boolean {
    return this.#isSpent || (this.#inbox.length > 0 && !this.#isAdvancing);
  }

  async #yield(): Promise<void> {
    await this.#endWorkflowTask();
    this.#work.reset();
    this.#hearInbox();
  }

  #hearInbox(): void {
    while (this.#inbox.length > 0 && !this.#isSpent) this.#feed(this.#inbox.shift()!);
  }

  /** @param isRecorded whether the rows that come of it have been written already */
  #feed(event: Event, isRecorded = false): void {
    this.#twin.add(event);
    if (event.type === 'plugin_ended') this.#quick.delete(event.command);
    const commands = step(this.program, this.state, event, this.#work);
    // Rows first: a plugin that is asked for takes along all that led to it.
    if (this.means.record) this.#rows.keep(commands, isRecorded);
    for (const command of commands) this.#dispatch(command);
    if (isEnded(this.state)) this.#rows.recall();
  }

  #dispatch(command: Command): void {
    switch (command.type) {
      case 'run':
        if (command.quick && this.means.advance) {
          this.#quick.set(command.id, command);
          return;
        }
        return this.#runPlugin(command);
      case 'wake':
        return this.#commands.open(command.id, {
          begin: () => sleep(Math.max(1, command.at - Date.now()), { summary: command.label }),
          ended: () => this.#hear({ type: 'timer_fired', command: command.id, at: Date.now() }),
        });
      case 'cancel':
        this.#quick.delete(command.id);
        return this.#commands.cancel(command.id);
      case 'record_node':
        return;
      case 'record_task':
        return this.means.announce(command.row);
      case 'more':
        this.#hasMore = true;
        return;
      case 'ended':
        return;
      default:
        command satisfies never;
    }
  }

  #runPlugin(command: RunPlugin): void {
    // A step of a round writes no row.
    const along = this.#recordsAlong && !command.round ? this.#rows.takeAlong() : undefined;
    this.#commands.open(command.id, {
      begin: () => this.means.runPlugin(command, this.state, along),
      ended: (outcome) => {
        if (along) this.#rows.settle(along, outcome.recorded);
        this.#hear({ type: 'plugin_ended', command: command.id, outcome, at: Date.now() });
      },
      resultOf: crashed,
      cancelled: () => along && this.#rows.settle(along, false),
    });
  }

  #continue(): void {
    this.#hasMore = false;
    this.#feed({ type: 'continued', at: Date.now() });
  }

  /**
   * Lets the worker run the quick plugins and whatever follows from them, as long as it is quick, and goes the same way
   * with what happened. The worker has recorded it.
   */
  async #advance(): Promise<void> {
    this.#isAdvancing = true;
    const { events, seq } = await this.#runQuick();
    for (const event of events) this.#feed(event, true);
    if (seq === this.state.seq) this.#twin.isCurrent();
    else {
      log.error('the worker went another way with the same events', { seq, expected: this.state.seq });
      this.#twin.isLost();
    }
    this.#isAdvancing = false;
    this.#hearInbox();
  }

  async #runQuick(): Promise<Exclude<AdvanceResult, { missing: true }>> {
    const input = { runs: [...this.#quick.values()], rows: this.#rows.take() };
    for (;;) {
      const twin = this.#twin.update(this.program, this.state);
      const result = await this.means.advance!({ ...input, twin });
      if (!('missing' in result)) {
        this.#rows.wrote();
        return result;
      }
      this.#twin.isLost();
    }
  }

  async #flush(): Promise<void> {
    if (this.#rows.isEmpty || !this.means.record) return;
    await this.means.record(this.#rows.take());
    this.#rows.wrote();
    this.#flushes += 1;
    if (this.#flushes % MAX_FLUSHES_PER_TASK === 0 && !isEnded(this.state)) await this.#endWorkflowTask();
  }

  /** A timer ends the workflow task: what has come meanwhile is heard with it. */
  async #endWorkflowTask(): Promise<void> {
    await sleep(1);
    this.#measure();
  }

  /** Nothing is left to do but to wait for activities, timers or people. */
  async #rest(): Promise<void> {
    if (this.#mustDrain()) {
      log.info('history is long: no node is started until the run can be carried over');
      this.#feed({ type: 'drained', at: Date.now() });
    }
    await condition(() => this.#hasWork() || isEnded(this.state) || this.#canCarryOver() || this.#mustDrain());
    this.#flushes = 0;
  }

  #hasWork(): boolean {
    return !this.#rows.isEmpty || this.#hasMore || this.#quick.size > 0 || this.#isBehind;
  }

  #mustDrain(): boolean {
    return this.#history.length > MAX_HISTORY_EVENTS && !this.state.draining && !isEnded(this.state);
  }

  /**
   * Looks how long the history is. Only signals, updates, timers and activities may: the end of a local activity comes
   * one workflow task earlier on a replay than it first did when a query was answered in between.
   */
  #measure(): void {
    const { continueAsNewSuggested, historyLength: length } = workflowInfo();
    this.#history = { length, isLong: continueAsNewSuggested || length > MAX_HISTORY_EVENTS };
  }

  #canCarryOver(): boolean {
    return this.#history.isLong && this.state.openPlugins === this.#quick.size && !isEnded(this.state);
  }

  /**
   * Hands the state to a new run. The decision is made when a timer has fired, for the reason `#measure` gives: a signal
   * that came after it would find this run ended on a replay, and be lost. What comes with the timer is heard before the
   * code below goes on, and recorded by the next run: under constant requests there would always be something to record.
   */
  async #carryOver(): Promise<void> {
    await this.#endWorkflowTask();
    this.#isLeaving = true;
    // Requests that wait for their turn need the loop.
    await condition(() => allHandlersFinished() || this.#isBehind);
    this.#isLeaving = false;
    if (!this.#canCarryOver() || this.#isBehind) return;
    await continueAsNew<(input: PipelineInput) => Promise<PipelineResult>>({
      program: this.program,
      recordsAlong: true,
      answersRecorded: true,
      ...(this.state.language ? { language: this.state.language } : {}),
      state: this.state,
      rows: this.#rows.all(),
      quick: [...this.#quick.values()],
    });
  }
}

/** What comes of an activity that ended in no outcome. */
function crashed(error: unknown): Outcome {
  let cause = error as Error;
  while (cause.cause instanceof Error) cause = cause.cause;
  return { ok: false, outputs: {}, reason: cause.message, recorded: false };
}
