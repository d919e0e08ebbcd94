import {
  type ActivityBlock,
  type Block,
  convergeOf,
  endOf,
  headOf,
  type SubprocessBlock,
  startOf,
} from './random-trees';

/** What happens to a task from outside: always the same for the same node, loop and attempt. */
export interface Fate {
  succeeds(node: string, loop: number, attempt: number): boolean;
  /** What the operator does about a failed node. A gateway is skipped into its first branch. */
  decide(node: string, loop: number, attempt: number): 'retry' | 'skip' | 'leave';
}

export interface Seen {
  status: 'RUNNING' | 'FINISHED' | 'FAILED';
  loop: number;
  innerLoop: number;
  retry: number;
  skip: boolean;
  errorIgnored: boolean;
}

export interface Prediction {
  shown: 'FINISHED' | 'FAILED';
  nodes: Record<string, Seen>;
}

/**
 * Says how a task ends once nothing more can happen. Branches run one after the other here: the end does not depend on
 * their order, because no outcome does.
 */
export function predict(blocks: Block[], fate: Fate): Prediction {
  const model = new Model(fate);
  const isThrough = model.pipeline(blocks);
  return { shown: isThrough ? 'FINISHED' : 'FAILED', nodes: Object.fromEntries(model.seen) };
}

/** Every method runs something and says whether it came to its end; otherwise a failure was left in it. */
class Model {
  readonly seen = new Map<string, Seen>();
  readonly #innerLoops = new Map<string, number>();
  readonly #autoRetried = new Map<string, number>();

  constructor(private readonly fate: Fate) {}

  pipeline(blocks: Block[], owner?: SubprocessBlock): boolean {
    this.#pass(startOf(owner));
    if (!this.#line(blocks)) return false;
    this.#pass(endOf(owner));
    return true;
  }

  #line(blocks: Block[]): boolean {
    return blocks.every((block) => this.#block(block));
  }

  #block(block: Block): boolean {
    switch (block.kind) {
      case 'activity':
        return this.#activity(block);
      case 'subprocess': {
        const seen = this.#arrive(block.id);
        for (const id of idsOf(block.body, block)) this.#innerLoops.delete(id);
        if (!this.pipeline(block.body, block)) return false;
        seen.status = 'FINISHED';
        return true;
      }
      case 'loop':
        do {
          this.#pass(headOf(block));
          if (!this.#line(block.body)) return false;
          this.#pass(block.id);
        } while (this.seen.get(headOf(block))!.loop < block.rounds);
        return true;
      case 'choice': {
        const branch = this.#gateway(block.id, block.branches.slice(block.chosen, block.chosen + 1), block.branches);
        if (!branch?.every((blocks) => this.#line(blocks))) return false;
        this.#pass(convergeOf(block));
        return true;
      }
      case 'fork': {
        const all = block.branches.map(({ blocks }) => blocks);
        const taken = block.isConditional
          ? block.branches.filter(({ holds }) => holds).map(({ blocks }) => blocks)
          : all;
        // Every branch runs, also beside one that failed.
        const ends = this.#gateway(block.id, taken, all)?.map((blocks) => this.#line(blocks));
        if (!ends?.every(Boolean)) return false;
        this.#pass(convergeOf(block));
        return true;
      }
      default:
        return block satisfies never;
    }
  }

  #activity(block: ActivityBlock): boolean {
    const { id, rounds } = block;
    let seen = this.#arrive(id);
    if (rounds > 0) seen.innerLoop = 1;
    for (;;) {
      switch (this.#attempt(block, seen)) {
        case 'again':
          seen.retry += 1;
          if (rounds > 0) seen.innerLoop = 1;
          continue;
        case 'leave':
          seen.status = 'FAILED';
          return false;
        case 'next node':
          seen.status = 'FINISHED';
          return true;
        case 'next round':
          seen.status = 'FINISHED';
          if (seen.innerLoop >= rounds) return true;
          seen = fresh(seen.loop + 1, seen.innerLoop + 1);
          this.seen.set(id, seen);
      }
    }
  }

  /** One attempt, and what follows from it. */
  #attempt(block: ActivityBlock, seen: Seen): 'again' | 'leave' | 'next round' | 'next node' {
    const { id } = block;
    const attempt = seen.retry + 1;
    const mayFail = block.work === 'plugin' || block.work === 'rounds';
    if (!mayFail || this.fate.succeeds(id, seen.loop, attempt)) return 'next round';
    const used = this.#autoRetried.get(id) ?? 0;
    if (used < block.autoRetries) {
      this.#autoRetried.set(id, used + 1);
      return 'again';
    }
    if (block.ignorable || (block.rounds > 0 && block.failSkip)) {
      seen.errorIgnored = true;
      return block.ignorable ? 'next node' : 'next round';
    }
    const decision = this.fate.decide(id, seen.loop, attempt);
    if (decision === 'retry') return 'again';
    if (decision === 'leave') return 'leave';
    seen.skip = true;
    return 'next node';
  }

  /** The branches that a gateway takes; undefined when it failed for good. */
  #gateway(id: string, taken: Block[][], all: Block[][]): Block[][] | undefined {
    const seen = this.#arrive(id);
    while (taken.length === 0) {
      const decision = this.fate.decide(id, seen.loop, seen.retry + 1);
      if (decision === 'leave') {
        seen.status = 'FAILED';
        return undefined;
      }
      if (decision === 'skip') {
        Object.assign(seen, { status: 'FINISHED', skip: true });
        return all.slice(0, 1);
      }
      seen.retry += 1;
    }
    seen.status = 'FINISHED';
    return taken;
  }

  /** Goes through a node where nothing can fail. */
  #pass(id: string): void {
    this.#arrive(id).status = 'FINISHED';
  }

  /** A new round of a node. */
  #arrive(id: string): Seen {
    const innerLoop = (this.#innerLoops.get(id) ?? 0) + 1;
    const seen = fresh((this.seen.get(id)?.loop ?? 0) + 1, innerLoop);
    this.#innerLoops.set(id, innerLoop);
    this.seen.set(id, seen);
    return seen;
  }
}

function fresh(loop: number, innerLoop: number): Seen {
  return { status: 'RUNNING', loop, innerLoop, retry: 0, skip: false, errorIgnored: false };
}

/** The nodes of a subprocess, without those of the subprocesses in it. */
function idsOf(blocks: Block[], owner: SubprocessBlock): string[] {
  const own = blocks.flatMap(function ids(block: Block): string[] {
    switch (block.kind) {
      case 'activity':
      case 'subprocess':
        return [block.id];
      case 'loop':
        return [block.id, headOf(block), ...block.body.flatMap(ids)];
      case 'choice':
        return [block.id, convergeOf(block), ...block.branches.flat().flatMap(ids)];
      case 'fork':
        return [block.id, convergeOf(block), ...block.branches.flatMap(({ blocks }) => blocks).flatMap(ids)];
      default:
        return block satisfies never;
    }
  });
  return [startOf(owner), endOf(owner), ...own];
}
