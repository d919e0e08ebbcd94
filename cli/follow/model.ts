import type { ShownEvents } from '../../api/v1/answers';

export type SeenHost = ShownEvents['host'];
export type SeenStep = Pick<ShownEvents['host_step'], 'id' | 'node_id' | 'loop' | 'attempt'>;

/** What is told of a task, by its name. */
export type TaskEvent = { [K in keyof ShownEvents]: { event: K; data: ShownEvents[K] } }[keyof ShownEvents];

const OPEN: ReadonlySet<string> = new Set(['waiting', 'starting', 'running']);
const ENDED: ReadonlySet<string> = new Set(['FINISHED', 'REVOKED']);

/** Whether a host of a step has yet to come to its end. */
export function isOpen({ status }: Pick<SeenHost, 'status'>): boolean {
  return OPEN.has(status);
}

/** Which host of which step it is. */
export function keyOf({ step_id, place }: Pick<SeenHost, 'step_id' | 'place'>): string {
  return `${step_id}/${place}`;
}

/** Where a host's log is, below its project: that of the run that did it, where it was done before. */
export function logPathOf(host: SeenHost): string {
  const { step_id, place } = host.from_run ?? host;
  return `/host-steps/${step_id}/runs/${place}/log`;
}

/** A task as it was told so far. */
export class TaskModel {
  state = '';
  readonly nodes = new Map<string, ShownEvents['node']>();
  readonly steps = new Map<number, SeenStep>();
  readonly #hosts = new Map<string, SeenHost>();
  #isOver = false;

  apply(event: TaskEvent): void {
    if (event.event === 'task') this.state = event.data.state;
    else if (event.event === 'node') this.#note(event.data);
    else if (event.event === 'host_step') this.steps.set(event.data.id, event.data);
    else if (event.event === 'host') this.#hosts.set(keyOf(event.data), event.data);
    else if (event.event === 'end') {
      this.state = event.data.state;
      this.#isOver = true;
    }
  }

  /** In the order in which they were first told of. */
  get hosts(): SeenHost[] {
    return [...this.#hosts.values()];
  }

  /** Nodes that have failed, and stand so. */
  get failedNodes(): ShownEvents['node'][] {
    return [...this.nodes.values()].filter(({ state }) => state === 'FAILED');
  }

  /** Whether a node has taken no step on hosts in a later attempt. */
  isNewest({ node_id, loop, attempt }: SeenStep): boolean {
    const others = [...this.steps.values()].filter((step) => step.node_id === node_id);
    return others.every((step) => step.loop < loop || (step.loop === loop && step.attempt <= attempt));
  }

  /** Nothing happens any more, unless somebody does something: it has ended, or something failed and nothing else runs. */
  get isStill(): boolean {
    if (this.#isOver) return true;
    if (this.hosts.some(isOpen)) return false;
    if (ENDED.has(this.state)) return true;
    return this.state === 'FAILED' && [...this.nodes.values()].every(({ state, type }) => !isAtWork(state, type));
  }

  /** A node comes in each of its attempts: the newest counts. */
  #note(node: ShownEvents['node']): void {
    const known = this.nodes.get(node.id);
    const isOlder = known && (known.loop - node.loop || known.attempt - node.attempt) > 0;
    if (!isOlder) this.nodes.set(node.id, node);
  }
}

/** A subprocess is RUNNING for as long as what failed in it waits. */
function isAtWork(state: string, type: string | null): boolean {
  return state === 'RUNNING' && type !== 'subprocess';
}
