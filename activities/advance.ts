import type { Db } from '../db/connection';
import { isDatabasesFault } from '../db/errors';
import type { NodeExecutionChange } from '../db/node-executions';
import { type Event, type RunPlugin, type TaskRow, Work } from '../pipeline/machine';
import { type AdvanceInput, type AdvanceResult, pluginRunInput, type RecordInput } from '../workflows/contract';
import type { Recorder } from './recorder';
import { failQuickly, runQuickly } from './run-quickly';
import { attemptOf } from './start-row';
import { hear, type Twin, type Twins } from './twins';

/**
 * Between two moments at which the workflow hears its operators (docs/architecture.md, "A task's way through the
 * house").
 */
const MAX_RUNS = 20;
const MAX_MS = 500;

/**
 * Runs quick plugins, and what follows from them as far as it is quick too: a copy of the workflow's machine says what
 * that is. Everything is recorded in one go, and the workflow's machine then hears the same events.
 */
export async function advance(
  recorder: Recorder,
  { twins, refusals }: Memory,
  runId: string,
  input: AdvanceInput,
): Promise<AdvanceResult> {
  const twin = await twins.take(runId, input.twin);
  if (!twin) return { missing: true };
  const refused = refusals.get(runId);
  const line = new Line(twin, input.runs, input.rows, refused);
  const endAt = Date.now() + MAX_MS;
  for (let left = MAX_RUNS; left > 0 && line.hasRuns && Date.now() < endAt && !line.isSpent; ) {
    left -= await line.runSome(recorder.db, left);
  }
  try {
    await recorder.record(input.rows.taskId, line.rows, WRITE);
  } catch (error) {
    if (isDatabasesFault(error)) throw error;
    const found = refused ? undefined : await findRefused(recorder, input.rows.taskId, line.ends);
    if (found) {
      // All that followed is void: the whole state is asked for again, and the ends that are not taken are failures then.
      refusals.set(runId, found);
      return { missing: true };
    }
    await recorder.recordSurely(input.rows.taskId, line.rows, WRITE);
  }
  refusals.delete(runId);
  twins.put(runId, twin);
  return { events: line.events, seq: twin.state.seq };
}

const WRITE = { fence: 'retake', atOnce: true } as const;

/** What a process keeps of its tasks between two lines. */
export interface Memory {
  twins: Twins;
  /** By workflow run: ends of attempts that the database did not take, and why. */
  refusals: Map<string, ReadonlyMap<string, string>>;
}

/** The ends that the database does not take, by attempt; undefined when it is none of them. */
async function findRefused(
  recorder: Recorder,
  taskId: number,
  ends: readonly NodeExecutionChange[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const refused = new Map<string, string>();
  for (const end of ends) {
    const problem = await recorder.tryRow(taskId, end);
    if (problem !== undefined) refused.set(attemptKey(end), problem);
  }
  return refused.size > 0 ? refused : undefined;
}

function attemptKey({ nodeId, loop, retry }: Pick<NodeExecutionChange, 'nodeId' | 'loop' | 'retry'>): string {
  return `${nodeId} ${loop} ${retry}`;
}

/** What happens in one go. */
class Line {
  readonly events: Event[] = [];
  readonly rows: { nodes: NodeExecutionChange[]; task?: TaskRow | undefined };
  /** Rows of the attempts that ended in it. */
  readonly ends: NodeExecutionChange[] = [];
  readonly #runs: RunPlugin[];
  readonly #work = new Work();

  constructor(
    private readonly twin: Twin,
    runs: readonly RunPlugin[],
    { nodes, task }: RecordInput,
    private readonly refused: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#runs = [...runs];
    this.rows = { nodes: [...nodes], task };
  }

  get hasRuns(): boolean {
    return this.#runs.length > 0;
  }

  /** The workflow will hear the same events in one go: it must not take too long. */
  get isSpent(): boolean {
    return this.#work.isSpent;
  }

  /** Runs those that are ready side by side; how many. */
  async runSome(db: Db, limit: number): Promise<number> {
    const runs = this.#runs.splice(0, limit);
    const ended = await Promise.all(runs.map((run) => this.#run(db, run)));
    for (const [index, { outcome, row }] of ended.entries()) {
      this.ends.push(row);
      this.rows.nodes.push(row);
      this.#hear({ type: 'plugin_ended', command: runs[index]!.id, outcome, at: Date.now() });
    }
    return runs.length;
  }

  async #run(db: Db, run: RunPlugin) {
    const input = pluginRunInput(run, this.twin.state.context);
    const refusal = this.refused.get(attemptKey(attemptOf(input)));
    return refusal === undefined ? runQuickly(db, run.code, input) : failQuickly(input, refusal);
  }

  #hear(event: Event): void {
    this.events.push(event);
    let hasMore = false;
    for (const command of hear(this.twin, event, this.#work)) {
      switch (command.type) {
        case 'run':
          if (command.quick) this.#runs.push(command);
          break;
        case 'cancel':
          this.#cancel(command.id);
          break;
        case 'record_node':
          this.rows.nodes.push(command.row);
          break;
        case 'record_task':
          this.rows.task = { ...this.rows.task, ...command.row };
          break;
        case 'more':
          hasMore = true;
          break;
        // What else there is to do outside is the workflow's, which hears the same events.
        case 'wake':
        case 'ended':
          break;
        default:
          command satisfies never;
      }
    }
    if (hasMore && !this.isSpent) this.#hear({ type: 'continued', at: event.at });
  }

  #cancel(id: string): void {
    const index = this.#runs.findIndex((run) => run.id === id);
    if (index >= 0) this.#runs.splice(index, 1);
  }
}
