import { stringifyJson } from '../../base/json';
import type { ZoneOffsets } from '../../base/zone';
import { Meter } from '../language/python/limits';
import { type Language, limitsOf } from '../language/python/rules';
import type { Ambient } from '../language/template';
import type { ActivityNode, Program, ProgramNode } from '../program';
import type { Clock } from '../variable-types';
import type { Command, NodeRow } from './messages';
import { nextRandom } from './random';
import type { NodeState, NodeStatus, Open, State } from './state';
import { MAX_STEP_WORK } from './work';

/** Rows after which a step stops, so that no flush and no workflow task grows without bound. */
const MAX_ROWS_PER_STEP = 100;

/** One call of `step`: what it works on and what it has asked for so far. */
export class Frame {
  readonly commands: Command[] = [];
  readonly ambient: Ambient & Clock & { language: Language };
  #rows = new Map<string, NodeRow>();
  #meter: Meter | undefined;
  /** Units of work of the nodes before the one that is at it. */
  #spent = 0;

  constructor(
    readonly program: Program,
    readonly state: State,
    readonly at: number,
  ) {
    this.ambient = {
      language: state.language ?? 1,
      now: at,
      random: () => nextRandom(state),
      offsetMinutes: (instant) => offsetOf(state.context.zone, instant),
      zoneOffsetMinutes: (zone, instant) => offsetOf(namedZone(state, zone), instant),
    };
  }

  /** Runs by the first rules go on whatever it costs: their histories know of no pause. */
  get isFull(): boolean {
    const isSpent = this.ambient.language > 1 && this.spent >= MAX_STEP_WORK;
    return isSpent || this.#rows.size >= MAX_ROWS_PER_STEP;
  }

  /** What one node may cost: all its values, conditions or parameters together. */
  newMeter(): Meter {
    this.#spent = this.spent;
    this.#meter = new Meter(limitsOf(this.ambient.language));
    return this.#meter;
  }

  /** Units of work of this step. */
  get spent(): number {
    return this.#spent + (this.#meter?.spent ?? 0);
  }

  node(index: number): ProgramNode {
    return this.program.nodes[index]!;
  }

  activity(index: number): ActivityNode {
    const node = this.node(index);
    if (node.type !== 'activity') throw new Error(`node ${node.id} is no activity`);
    return node;
  }

  /** The state of a node that was reached. */
  nodeState(index: number): NodeState {
    return this.state.nodes[index]!;
  }

  /** Changes a node's status and counts what the shown state depends on. */
  setStatus(index: number, status: NodeStatus): NodeState {
    const node = this.nodeState(index);
    const pipeline = this.state.pipelines[this.node(index).pipeline]!;
    if (node.status === 'FAILED') pipeline.failed -= 1;
    if (node.status === 'SUSPENDED') pipeline.suspended -= 1;
    if (status === 'FAILED') pipeline.failed += 1;
    if (status === 'SUSPENDED') pipeline.suspended += 1;
    node.status = status;
    return node;
  }

  /** Records the node as it stands now; changes of one attempt within a step become one row. */
  record(
    index: number,
    changes: Pick<NodeRow, 'startedAt' | 'finishedAt' | 'inputs' | 'outputs' | 'waitingFor' | 'willRetry'> = {},
  ): void {
    const node = this.nodeState(index);
    const key = commandId(index, node);
    const known = this.#rows.get(key);
    const row: NodeRow = Object.assign(
      known ?? ({} as NodeRow),
      { waitingFor: undefined, willRetry: undefined },
      changes,
      {
        seq: this.nextSeq(),
        nodeId: this.node(index).id,
        loop: node.loop,
        innerLoop: node.innerLoop,
        retry: node.retry,
        status: node.status,
        skip: node.skip ?? false,
        errorIgnored: node.errorIgnored ?? false,
      },
    );
    if (known) return;
    this.#rows.set(key, row);
    this.commands.push({ type: 'record_node', row });
  }

  nextSeq(): number {
    this.state.seq += 1;
    return this.state.seq;
  }

  open(id: string, open: Open): void {
    this.state.open[id] = open;
    if (open.kind === 'plugin') this.state.openPlugins += 1;
    if (open.kind === 'timer') this.commands.push(wake(id, open, this.program));
  }

  /** Forgets an open command; whatever still comes for it is dropped. Says whether it was open. */
  close(id: string): boolean {
    const open = this.state.open[id];
    if (!open) return false;
    delete this.state.open[id];
    if (open.kind === 'plugin') this.state.openPlugins -= 1;
    return true;
  }

  /** Closes a command that the outside world is still busy with. */
  cancel(id: string): void {
    const kind = this.state.open[id]?.kind;
    if (this.close(id) && kind !== 'callback') this.commands.push({ type: 'cancel', id });
  }
}

/** Id of the attempt that a node is in: (node, loop, attempt). */
export function commandId(index: number, node: Pick<NodeState, 'loop' | 'retry'>): string {
  return `${index}.${node.loop}.${node.retry + 1}`;
}

export function wake(id: string, timer: Open & { kind: 'timer' }, program: Program): Command {
  const { name } = program.nodes[timer.node]!;
  const purposes = { wait: 'waits', retry: 'retries', timeout: 'times out', round: 'waits' };
  return { type: 'wake', id, at: timer.at, label: `${name} ${purposes[timer.purpose]}` };
}

function namedZone({ context }: State, name: string): ZoneOffsets {
  const known = context.zones && Object.hasOwn(context.zones, name) ? context.zones[name] : undefined;
  if (known) return known;
  throw new Error(`nothing is known of time zone ${stringifyJson(name)}: it has to be a real one, written out`);
}

function offsetOf(zone: ZoneOffsets, instant: number): number {
  let offset = zone[0]?.[1] ?? 0;
  for (const [from, minutes] of zone) {
    if (from > instant) break;
    offset = minutes;
  }
  return offset;
}
