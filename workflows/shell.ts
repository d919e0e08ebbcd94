import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
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
} from '../pipeline/machine';
import type { PipelineInput, PipelineResult, RecordInput } from './contract';

/** From here on the machine starts nothing new, so that the run can be carried over (the server's wall is at 51,200). */
const MAX_HISTORY_EVENTS = 20_000;

/** Work inside a workflow task, after which the task is ended, so that signals and updates are heard. */
const MAX_FLUSHES_PER_TASK = 5;
const MAX_QUICK_RUNS_PER_TASK = 20;

/** What the shell is composed with: the product records in Postgres, the bench's workflow does not. */
export interface Surroundings {
  runPlugin(command: RunPlugin, state: State): Promise<Outcome>;
  record?(input: RecordInput): Promise<void>;
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
  readonly #scopes = new Map<string, CancellationScope>();
  #rows: RecordInput;
  #isStarted: boolean;
  #hasMore = false;
  #isHandedOn = false;
  #flushes = 0;
  #quickRuns = 0;
  /** Settles when the workflow task that is asked to end has ended. */
  #boundary: Promise<void> = Promise.resolve();

  constructor(
    input: PipelineInput,
    private readonly surroundings: Surroundings,
  ) {
    this.program = input.program;
    this.#isStarted = 'state' in input;
    this.state = 'state' in input ? input.state : createState(input.program, input.context);
    this.#rows = { taskId: this.state.context.taskId, nodes: [] };
  }

  /** Hears an operator's request, whatever else is going on. */
  operate(operation: Operation): void {
    // An error fails the workflow task, and the server gives it again together with this signal: nothing is lost.
    if (this.#isHandedOn) throw new Error(`${operation.action} came while the task was handed to its next run`);
    this.#feed({ type: 'operated', operation, at: Date.now() });
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
    // Signals that came with the start are delivered first: a task may begin paused.
    await Promise.resolve();
    this.#feed({ type: this.#isStarted ? 'carried_over' : 'started', at: Date.now() });
    for (;;) {
      await this.#flush();
      if (this.#hasMore) this.#continue();
      else if (this.#hasRows()) continue;
      else if (isEnded(this.state)) break;
      else if (this.#canCarryOver()) await this.#carryOver();
      else await this.#rest();
    }
    await condition(allHandlersFinished);
    return { status: this.state.shown === 'REVOKED' ? 'REVOKED' : 'FINISHED' };
  }

  /** The state is on its way to the next run: nothing may be promised here any more. */
  get isHandedOn(): boolean {
    return this.#isHandedOn;
  }

  #feed(event: Event): void {
    // What is left of this activation are timers, which the next run sets again.
    if (this.#isHandedOn) return;
    for (const command of step(this.program, this.state, event)) this.#dispatch(command);
  }

  #dispatch(command: Command): void {
    switch (command.type) {
      case 'run':
        return this.#open(command.id, () => this.#runPlugin(command));
      case 'wake':
        return this.#open(command.id, () => this.#wake(command.id, command.at, command.label));
      case 'cancel':
        this.#scopes.get(command.id)?.cancel();
        return;
      case 'record_node':
        if (this.surroundings.record) this.#rows.nodes.push(command.row);
        return;
      case 'record_task':
        if (this.surroundings.record) this.#rows.task = { ...this.#rows.task, ...command.row };
        return this.surroundings.announce(command.row);
      case 'more':
        this.#hasMore = true;
        return;
      case 'ended':
        return;
      default:
        command satisfies never;
    }
  }

  #open(id: string, work: () => Promise<void>): void {
    const scope = new CancellationScope();
    this.#scopes.set(id, scope);
    scope
      .run(work)
      .catch((error) => {
        if (!isCancellation(error)) throw error;
      })
      .finally(() => this.#scopes.delete(id));
  }

  async #runPlugin(command: RunPlugin): Promise<void> {
    if (command.quick) await this.#takeTurn();
    const outcome = await this.surroundings.runPlugin(command, this.state);
    this.#feed({ type: 'plugin_ended', command: command.id, outcome, at: Date.now() });
  }

  /** Lets every twenty quick plugins wait for the next workflow task: a timer is what ends one. */
  async #takeTurn(): Promise<void> {
    this.#quickRuns += 1;
    if (this.#quickRuns % MAX_QUICK_RUNS_PER_TASK === 0) {
      const before = this.#boundary;
      // Not of the command that happens to be the twentieth: its cancellation is not that of the others.
      this.#boundary = CancellationScope.nonCancellable(() => before.then(() => sleep(1)));
    }
    await this.#boundary;
  }

  async #wake(id: string, at: number, summary: string): Promise<void> {
    await sleep(Math.max(1, at - Date.now()), { summary });
    this.#feed({ type: 'timer_fired', command: id, at: Date.now() });
  }

  #hasRows(): boolean {
    return this.#rows.nodes.length > 0 || this.#rows.task !== undefined;
  }

  #continue(): void {
    this.#hasMore = false;
    this.#feed({ type: 'continued', at: Date.now() });
  }

  async #flush(): Promise<void> {
    if (!this.#hasRows() || !this.surroundings.record) return;
    const rows = this.#rows;
    this.#rows = { taskId: rows.taskId, nodes: [] };
    await this.surroundings.record(rows);
    this.#flushes += 1;
    if (this.#flushes % MAX_FLUSHES_PER_TASK === 0 && !isEnded(this.state)) await sleep(1);
  }

  /** Nothing is left to do but to wait for activities, timers or people. */
  async #rest(): Promise<void> {
    if (workflowInfo().historyLength > MAX_HISTORY_EVENTS && !this.state.draining) {
      log.info('history is long: no node is started until the run can be carried over');
      this.#feed({ type: 'drained', at: Date.now() });
    }
    await condition(() => this.#hasRows() || this.#hasMore || isEnded(this.state) || this.#canCarryOver());
    this.#flushes = 0;
  }

  #canCarryOver(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    const isLong = continueAsNewSuggested || historyLength > MAX_HISTORY_EVENTS;
    return isLong && this.state.openPlugins === 0 && allHandlersFinished();
  }

  /**
   * Hands the state to a new run, after the signals and updates of this activation have been heard: they are before
   * conditions are looked at a second time.
   */
  async #carryOver(): Promise<void> {
    let looks = 0;
    await condition(() => looks++ > 0);
    if (this.#hasMore || this.#hasRows() || isEnded(this.state) || !this.#canCarryOver()) return;
    this.#isHandedOn = true;
    await continueAsNew<(input: PipelineInput) => Promise<PipelineResult>>({
      program: this.program,
      state: this.state,
    });
  }
}
