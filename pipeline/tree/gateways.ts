import { type Graph, isActivity, isBranching, isConverge, isParallel } from './graph';
import type { Problem } from './problem';
import type { Traversal } from './traversal';

export interface GatewayMatch {
  problems: Problem[];
  /** Index of a gateway to the index of its converge. */
  converge: Map<number, number>;
}

/** A branch that does not count: it returns to an earlier node, or never leaves a loop of activities. */
const NOWHERE = -1;

/** What is known of a gateway once all its branches have been followed. */
type Outcome =
  | { kind: 'broken' }
  /** `shared`: gateways outside wait for this converge too, so a path does not continue behind it. */
  | { kind: 'converge'; converge: number; shared: boolean }
  | { kind: 'open'; reachesEnd: boolean };

/** A gateway whose branches are being followed. */
interface Frame {
  gateway: number;
  branches: number[];
  /** The branch that is being followed. */
  at: number;
  /** The blocks that the current branch has passed: a second time means that it goes round for ever. */
  passed: Set<number>;
  broken: boolean;
}

/**
 * Finds the converge of every gateway (bk-sops §2.4, "Gateway matching").
 *
 * Each branch is followed over the blocks nested in it until it meets a converge, an earlier gateway or the end.
 * A gateway that breaks a rule is reported once; gateways around it are then not judged, since nothing is known of that branch.
 */
export function matchGateways(graph: Graph, traversal: Traversal): GatewayMatch {
  const matcher = new GatewayMatcher(graph, traversal);
  const gateways = graph.nodes.flatMap((node, index) => (isBranching(node) ? [index] : []));
  gateways.sort((a, b) => traversal.distance[a]! - traversal.distance[b]!);
  graph.nodes.forEach((node, index) => {
    if (isConverge(node) || isBranching(node)) matcher.requireReachable(index);
  });
  for (const gateway of gateways) matcher.match(gateway);
  return { problems: matcher.problems, converge: matcher.converge };
}

class GatewayMatcher {
  readonly problems: Problem[] = [];
  readonly converge = new Map<number, number>();

  readonly #outcomes = new Map<number, Outcome>();
  /** For a converge that has an owner: the parallel gateway among its owners, if there is one. */
  readonly #owners = new Map<number, { parallel?: number }>();
  readonly #firstGateway: Int32Array;
  /** How many branches lead forward to a node: branches that join on an activity before it still count one by one. */
  readonly #incoming: Int32Array;
  /** The gateways that enclose the one being judged, and where each stands in the stack. */
  readonly #stack: Frame[] = [];
  readonly #depth = new Map<number, number>();
  /** For each frame, how many parallel gateways stand below it. */
  readonly #parallelsBelow: number[] = [];
  /** The block, counted from 1, in which a node was met first. What an earlier block has met lies behind us. */
  readonly #block: Int32Array;
  #currentBlock = 0;

  constructor(
    private readonly graph: Graph,
    private readonly traversal: Traversal,
  ) {
    this.#firstGateway = new Int32Array(graph.nodes.length).fill(UNKNOWN);
    this.#block = new Int32Array(graph.nodes.length);
    this.#incoming = new Int32Array(graph.nodes.length);
    graph.nodes.forEach((node, index) => {
      if (isActivity(node) || traversal.distance[index]! < 0) return;
      for (const target of node.targets) {
        const met = this.#gatewayAfter(target);
        if (met !== NOWHERE && this.#isBehind(index, met)) this.#incoming[met]!++;
      }
    });
  }

  requireReachable(gateway: number): void {
    if (this.traversal.distance[gateway]! >= 0) return;
    this.#report(gateway, 'cannot be reached from the start event');
    this.#outcomes.set(gateway, { kind: 'broken' });
  }

  match(gateway: number): void {
    if (this.#outcomes.has(gateway)) return;
    this.#currentBlock++;
    this.#push(gateway);
    for (let frame = this.#stack.at(-1); frame; frame = this.#stack.at(-1)) this.#advance(frame);
  }

  /** Follows one branch of the frame for one block, or judges the gateway when all are followed. */
  #advance(frame: Frame): void {
    const target = frame.branches[frame.at];
    if (target === undefined) {
      this.#pop();
      this.#outcomes.set(frame.gateway, frame.broken ? { kind: 'broken' } : this.#judge(frame));
      return;
    }
    if (target === NOWHERE || target === frame.gateway || !isBranching(this.#node(target))) {
      // A converge nearer to the start was passed before: the branch is a loop.
      if (target !== NOWHERE && isConverge(this.#node(target)) && this.#isBehind(target, frame.gateway)) {
        frame.branches[frame.at] = NOWHERE;
      }
      this.#nextBranch(frame);
      return;
    }
    const depth = this.#depth.get(target);
    if (depth !== undefined) {
      if (this.#parallelsFrom(depth) > 0) {
        this.#report(frame.gateway, IN_PARALLEL);
        frame.broken = true;
      } else {
        frame.branches[frame.at] = NOWHERE;
      }
      this.#nextBranch(frame);
      return;
    }
    const outcome = this.#outcomes.get(target);
    if (!outcome) this.#push(target);
    else if (outcome.kind === 'broken') {
      frame.broken = true;
      this.#nextBranch(frame);
    } else if (outcome.kind === 'open') {
      frame.branches[frame.at] = outcome.reachesEnd ? this.graph.end : NOWHERE;
    } else if (outcome.shared && this.#canShare(frame.gateway, outcome.converge)) {
      frame.branches[frame.at] = outcome.converge;
    } else if (frame.passed.has(target)) {
      frame.branches[frame.at] = NOWHERE;
    } else {
      frame.passed.add(target);
      frame.branches[frame.at] = this.#gatewayAfter(this.#node(outcome.converge).targets[0]);
    }
  }

  #nextBranch(frame: Frame): void {
    frame.at++;
    frame.passed.clear();
  }

  #judge({ gateway, branches }: Frame): Outcome {
    return isParallel(this.#node(gateway))
      ? this.#judgeParallel(gateway, branches)
      : this.#judgeExclusive(gateway, branches);
  }

  #judgeParallel(gateway: number, branches: number[]): Outcome {
    const converge = branches[0] ?? NOWHERE;
    const met = branches.map((target) => (target === NOWHERE ? 'an earlier node' : this.#node(target).id));
    if (converge === NOWHERE || !isConverge(this.#node(converge)) || branches.some((target) => target !== converge)) {
      return this.#broken(gateway, `all branches must meet at one converge gateway, they lead to ${list(met)}`);
    }
    const incoming = this.#node(converge).sources.length;
    const { id } = this.#node(gateway);
    if (incoming < branches.length) {
      return this.#broken(converge, `does not join all of the ${branches.length} branches of parallel gateway ${id}`);
    }
    const shared = incoming > branches.length;
    const rival = this.#owners.get(converge)?.parallel;
    if (shared && rival !== undefined) {
      return this.#broken(
        converge,
        `can join the branches of one parallel gateway, not of ${this.#node(rival).id} and ${id}`,
      );
    }
    return this.#own(gateway, converge, { shared });
  }

  #judgeExclusive(gateway: number, branches: number[]): Outcome {
    const converges = new Set(branches.filter((target) => target !== NOWHERE && isConverge(this.#node(target))));
    if (converges.size > 1) {
      const met = [...converges].map((converge) => this.#node(converge).id);
      return this.#broken(
        gateway,
        `the first converge gateway of all branches must be the same, they meet ${list(met)}`,
      );
    }
    const reachesEnd = branches.includes(this.graph.end);
    if (reachesEnd && this.#parallelsFrom(0) > 0) return this.#broken(gateway, IN_PARALLEL);
    const [converge] = converges;
    if (converge === undefined) return { kind: 'open', reachesEnd };
    const joined = branches.filter((target) => target !== gateway && target !== NOWHERE).length;
    const shared = this.#incoming[converge]! > joined || this.#owners.has(converge);
    return this.#own(gateway, converge, { shared });
  }

  /** Two parallel gateways never share a converge; anything else may. */
  #canShare(gateway: number, converge: number): boolean {
    return !isParallel(this.#node(gateway)) || this.#owners.get(converge)?.parallel === undefined;
  }

  #own(gateway: number, converge: number, { shared }: { shared: boolean }): Outcome {
    const owner = this.#owners.get(converge) ?? {};
    if (isParallel(this.#node(gateway))) owner.parallel ??= gateway;
    this.#owners.set(converge, owner);
    this.converge.set(gateway, converge);
    return { kind: 'converge', converge, shared };
  }

  #broken(gateway: number, message: string): Outcome {
    this.#report(gateway, message);
    return { kind: 'broken' };
  }

  #push(gateway: number): void {
    this.#parallelsBelow.push(this.#parallelsFrom(0));
    this.#depth.set(gateway, this.#stack.length);
    this.#block[gateway] = this.#currentBlock;
    const branches = this.#node(gateway).targets.map((target) => {
      const met = this.#gatewayAfter(target);
      if (met === NOWHERE || (this.#block[met] !== 0 && this.#block[met] !== this.#currentBlock)) return NOWHERE;
      this.#block[met] = this.#currentBlock;
      return met;
    });
    this.#stack.push({ gateway, branches, at: 0, passed: new Set(), broken: false });
  }

  #pop(): void {
    const frame = this.#stack.pop();
    this.#parallelsBelow.pop();
    if (frame) this.#depth.delete(frame.gateway);
  }

  /** How many parallel gateways the stack holds from this depth to its top. */
  #parallelsFrom(depth: number): number {
    const top = this.#stack.at(-1);
    if (!top || depth >= this.#stack.length) return 0;
    const all = this.#parallelsBelow.at(-1)! + (isParallel(this.#node(top.gateway)) ? 1 : 0);
    return all - this.#parallelsBelow[depth]!;
  }

  /** The first node on this way that is no activity. */
  #gatewayAfter(from: number | undefined): number {
    const passed: number[] = [];
    let node = from ?? NOWHERE;
    while (node !== NOWHERE && this.#firstGateway[node] === UNKNOWN && isActivity(this.#node(node))) {
      this.#firstGateway[node] = NOWHERE; // If we come back here before it is known, the activities run in a circle.
      passed.push(node);
      node = this.#node(node).targets[0] ?? NOWHERE;
    }
    if (node !== NOWHERE && isActivity(this.#node(node))) node = this.#firstGateway[node]!;
    for (const activity of passed) this.#firstGateway[activity] = node;
    return node;
  }

  /** Whether a node is nearer to the start than another. */
  #isBehind(node: number, other: number): boolean {
    return this.traversal.distance[node]! < this.traversal.distance[other]!;
  }

  #node(index: number) {
    return this.graph.nodes[index]!;
  }

  #report(gateway: number, message: string): void {
    const nodeId = this.#node(gateway).id;
    this.problems.push({ stage: 'graph', kind: 'converge_match', nodeId, message: `gateway ${nodeId}: ${message}` });
  }
}

const UNKNOWN = -2;
const IN_PARALLEL = 'a branch gateway inside a parallel block must lead all its branches to one converge gateway';

/** Up to ten names: a gateway may have a thousand branches. */
function list(names: string[]): string {
  const shown = [...new Set(names)];
  return shown.length > 10 ? `${shown.slice(0, 10).join(', ')} and ${shown.length - 10} more` : shown.join(', ');
}
