import { compile } from '../../pipeline/compile';
import type { NextRound, Outcome, RoundStep, RunPlugin } from '../../pipeline/machine';
import { nextRandom } from '../../pipeline/machine/random';
import type { Program } from '../../pipeline/program';
import { testCatalog } from './catalog';
import type { Fate, Seen } from './model';
import { type Block, draw } from './random-trees';
import { type EventBody, type Request, Simulation } from './simulation';

/** More than any random task comes to. */
const MAX_EVENTS = 10_000;

/** A fixed outcome for every (node, loop, attempt), drawn from a number. From the fourth attempt on nobody retries. */
export function fateOf(seed: number): Fate {
  return {
    succeeds: (...attempt) => chance(seed, 'outcome', ...attempt) < 0.6,
    decide: (node, loop, attempt) => {
      const drawn = chance(seed, 'decision', node, loop, attempt);
      if (drawn < 0.15) return 'leave';
      return drawn < 0.6 && attempt < 4 ? 'retry' : 'skip';
    },
  };
}

/** How an attempt in rounds goes on after a question: always the same for the same one, and over by the fourth. */
function nextOf(attempt: string, { number, part }: RoundStep): NextRound | undefined {
  if (part !== undefined || number > 3) return undefined;
  const drawn = chance(0, 'round', attempt, number);
  if (drawn < 0.4) return { parts: 1 + Math.floor(drawn * 8) };
  if (drawn < 0.55) return { wait: 'callback', waitingFor: 'somebody' };
  return drawn < 0.7 ? { wait: 'until', at: 1_700_000_000_000 + Math.floor(drawn * 10_000) } : undefined;
}

/** In [0, 1), always the same for the same parts. */
function chance(...parts: (string | number)[]): number {
  let seed = 0;
  for (const character of parts.join(' ')) seed = (Math.imul(seed, 31) + character.charCodeAt(0)) | 0;
  return nextRandom({ seed });
}

/** Chooses what happens next: the same choices from the same seed. */
export class Dice {
  readonly #state: { seed: number };

  constructor(seed: number) {
    this.#state = { seed };
  }

  roll(sides: number): number {
    return Math.floor(nextRandom(this.#state) * sides);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[this.roll(items.length)];
  }
}

/**
 * A task in a world where everything that may happen does, in an order that dice choose: plugins end, timers fire,
 * people call back and decide about failures as fate has it.
 */
export class RandomRun {
  readonly simulation: Simulation;
  readonly program: Program;
  /** Everything that happened, to be told again. */
  readonly events: EventBody[] = [];
  readonly #left = new Set<string>();

  constructor(
    blocks: Block[],
    private readonly fate: Fate,
    readonly dice: Dice,
    options: { roundTrips?: boolean } = {},
  ) {
    this.program = compile(draw(blocks), testCatalog);
    this.simulation = new Simulation(this.program, options);
  }

  start(): this {
    return this.happen({ type: 'started' });
  }

  happen(event: EventBody): this {
    this.events.push(event);
    this.simulation.feed(event);
    return this;
  }

  /** Lets one thing happen that is due. False when nothing is. */
  next(): boolean {
    const due = this.dice.pick(this.#due());
    due?.();
    return due !== undefined;
  }

  /** Lets everything happen that is due, and all that follows. */
  finish(): this {
    for (let count = 0; this.next(); count++) {
      if (count > MAX_EVENTS) throw new Error('the task goes round for ever');
    }
    return this;
  }

  /** Performs an operation if it is allowed. */
  operate(request: Request): void {
    const { events, simulation } = this;
    if (simulation.operate({ ...request, id: `random-${events.length}` })) return;
    events.push({ type: 'operated', operation: { ...request, id: `random-${events.length}` } });
  }

  #due(): (() => void)[] {
    const { simulation } = this;
    if (simulation.ended) return [];
    return [
      ...[...simulation.pending.values()].map((run) => () => this.#endPlugin(run)),
      ...[...simulation.timers.keys()].map((command) => () => this.#fire(command)),
      ...this.#decisions(),
      ...this.#callbacks(),
    ];
  }

  #endPlugin(run: RunPlugin): void {
    this.simulation.pending.delete(run.id);
    this.happen({ type: 'plugin_ended', command: run.id, outcome: this.#outcomeOf(run) });
  }

  #outcomeOf({ nodeId, loop, attempt, round }: RunPlugin): Outcome {
    const next = round && nextOf(`${nodeId} ${loop} ${attempt}`, round);
    if (next) return { ok: true, outputs: {}, recorded: false, next };
    // A part that crashes is for the plugin to judge.
    const ok = this.fate.succeeds(nodeId, loop, attempt);
    return { ok, outputs: {}, recorded: false, ...(ok ? {} : { reason: 'fate' }) };
  }

  #fire(command: string): void {
    const { simulation } = this;
    simulation.now = Math.max(simulation.now, simulation.timers.get(command)!);
    simulation.timers.delete(command);
    this.happen({ type: 'timer_fired', command });
  }

  /** What operators do about failures that nobody has left alone, and that no automatic retry waits for. */
  #decisions(): (() => void)[] {
    const { nodes, open } = this.simulation.state;
    const retried = new Set(Object.values(open).map(({ node }) => node));
    return nodes.flatMap((node, index) => {
      if (node?.status !== 'FAILED' || retried.has(index)) return [];
      const { id } = this.program.nodes[index]!;
      const attempt = `${id} ${node.loop} ${node.retry}`;
      if (this.#left.has(attempt)) return [];
      return [
        () => {
          const decision = this.fate.decide(id, node.loop, node.retry + 1);
          if (decision === 'leave') this.#left.add(attempt);
          else this.operate(decision === 'retry' ? { action: 'retry', node: id } : this.#skipOf(index));
        },
      ];
    });
  }

  #skipOf(index: number): Request {
    const node = this.program.nodes[index]!;
    if (node.type === 'exclusive') return { action: 'skip_exg', node: node.id, flow: node.branches[0]!.flow };
    if (node.type === 'conditional_parallel')
      return { action: 'skip_cpg', node: node.id, flows: [node.branches[0]!.flow] };
    return { action: 'skip', node: node.id };
  }

  #callbacks(): (() => void)[] {
    return Object.values(this.simulation.state.open)
      .filter(({ kind }) => kind === 'callback')
      .map(
        ({ node }) =>
          () =>
            this.operate({ action: 'callback', node: this.program.nodes[node]!.id, data: null }),
      );
  }

  /** The nodes as the records show them; those that were only paused in advance are left out. */
  seen(): Record<string, Seen> {
    return Object.fromEntries(
      [...this.simulation.rows.values()]
        .filter(({ status }) => status !== 'READY' && status !== 'SUSPENDED')
        .map(({ nodeId, status, loop, innerLoop, retry, skip, errorIgnored }) => {
          return [nodeId, { status, loop, innerLoop, retry, skip, errorIgnored } as Seen];
        }),
    );
  }

  get end(): { shown: string; nodes: Record<string, Seen> } {
    return { shown: this.simulation.state.shown, nodes: this.seen() };
  }
}
