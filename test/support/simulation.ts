import type { JsonObject } from '../../pipeline/json';
import type { Language } from '../../pipeline/language/python/rules';
import {
  type Command,
  check,
  createState,
  type Event,
  type NodeRow,
  type Operation,
  type Outcome,
  type Refusal,
  type RunPlugin,
  type State,
  step,
  type TaskContext,
  Work,
} from '../../pipeline/machine';
import type { Program } from '../../pipeline/program';

export type EventBody = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

export const CONTEXT: TaskContext = { taskId: 1, system: { task_id: 1, operator: 'admin' }, env: {}, zone: [[0, 0]] };

/** A node as the records show it: its newest attempt. */
export type RecordedNode = NodeRow & { inputs: JsonObject; outputs: JsonObject };

/** Runs the machine without any server: time is virtual, plugins are functions, records are kept in memory. */
export class Simulation {
  now = 1_700_000_000_000;
  state: State;
  /** Everything that the machine asked for. */
  readonly commands: Command[] = [];
  readonly rows = new Map<string, RecordedNode>();
  readonly ran: RunPlugin[] = [];
  readonly timers = new Map<string, number>();
  readonly pending = new Map<string, RunPlugin>();
  readonly cancelled: string[] = [];
  readonly shown: string[] = [];
  ended: string | undefined;
  /** How often a step had to be continued, and the most that one has cost in units of work. */
  continued = 0;
  mostWork = 0;
  #operations = 0;

  constructor(
    readonly program: Program,
    private readonly options: {
      /** The outcome of a plugin's run, at once; undefined leaves it open. */
      plugin?: (run: RunPlugin) => Omit<Outcome, 'recorded'> | undefined;
      context?: TaskContext;
      state?: State;
      /** The state goes through JSON after every event, as it does when a run is carried over. */
      roundTrips?: boolean;
      language?: Language;
    } = {},
  ) {
    this.state = options.state ?? createState(program, options.context ?? CONTEXT, options.language);
  }

  start(): this {
    return this.feed({ type: 'started' });
  }

  /** Feeds one event, and whatever follows from it at once. */
  feed(event: EventBody): this {
    const queue: EventBody[] = [event];
    for (let next = queue.shift(); next; next = queue.shift()) {
      const work = new Work();
      const commands = step(this.program, this.state, { ...next, at: this.now } as Event, work);
      this.mostWork = Math.max(this.mostWork, work.spent);
      if (this.options.roundTrips) this.state = JSON.parse(JSON.stringify(this.state));
      for (const command of commands) {
        this.commands.push(command);
        const answer = this.#handle(command);
        if (answer) queue.push(answer);
      }
    }
    return this;
  }

  #handle(command: Command): EventBody | undefined {
    switch (command.type) {
      case 'run': {
        this.ran.push(command);
        const { seq, nodeId, loop, innerLoop, attempt, inputs } = command;
        // What works in rounds writes no row of its attempt.
        if (!command.round) {
          const flags = { skip: false, errorIgnored: false };
          this.#keep({ seq, nodeId, loop, innerLoop, retry: attempt - 1, status: 'RUNNING', ...flags, inputs });
        }
        const outcome = this.options.plugin?.(command);
        if (outcome) return { type: 'plugin_ended', command: command.id, outcome: { ...outcome, recorded: false } };
        this.pending.set(command.id, command);
        return undefined;
      }
      case 'wake':
        this.timers.set(command.id, command.at);
        return undefined;
      case 'cancel':
        this.timers.delete(command.id);
        this.pending.delete(command.id);
        this.cancelled.push(command.id);
        return undefined;
      case 'record_node':
        this.#keep(command.row);
        return undefined;
      case 'record_task':
        this.shown.push(command.row.shown);
        return undefined;
      case 'more':
        this.continued += 1;
        return { type: 'continued' };
      case 'ended':
        this.ended = command.status;
        return undefined;
      default:
        return command satisfies never;
    }
  }

  #keep(row: NodeRow): void {
    const known = this.rows.get(row.nodeId);
    const isSame = known && known.loop === row.loop && known.retry === row.retry;
    const kept = isSame ? { inputs: known.inputs, outputs: known.outputs } : { inputs: {}, outputs: {} };
    if (!known || row.seq > known.seq) this.rows.set(row.nodeId, { ...kept, ...row } as RecordedNode);
  }

  /** Lets timers fire in order, moving the clock, until none is left. */
  runTimers(): this {
    while (this.timers.size > 0 && !this.ended) this.fireNext();
    return this;
  }

  fireNext(): this {
    const [id, at] = [...this.timers].sort(([, a], [, b]) => a - b)[0]!;
    this.timers.delete(id);
    this.now = Math.max(this.now, at);
    return this.feed({ type: 'timer_fired', command: id });
  }

  /** Ends a plugin that was left open, by its node's id. */
  endPlugin(nodeId: string, outcome: Omit<Outcome, 'recorded'>): this {
    const [id] = [...this.pending].find(([, run]) => run.nodeId === nodeId)!;
    this.pending.delete(id);
    return this.feed({ type: 'plugin_ended', command: id, outcome: { ...outcome, recorded: false } });
  }

  /** Checks an operation and performs it when it is allowed. */
  operate(request: Request): Refusal | null {
    this.#operations += 1;
    const operation = { id: `op-${this.#operations}`, by: 'admin', ...request } as Operation;
    const refusal = check(this.program, this.state, operation);
    if (!refusal) this.feed({ type: 'operated', operation });
    return refusal;
  }

  status(nodeId: string): string | undefined {
    return this.rows.get(nodeId)?.status;
  }
}

export type Request = Operation extends infer O
  ? O extends Operation
    ? Omit<O, 'id' | 'by'> & { id?: string }
    : never
  : never;
