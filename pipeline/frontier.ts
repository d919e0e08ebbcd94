import type { Program, ProgramNode } from './program';

/** What is recorded of a node: its newest attempt. */
export interface Reached {
  status: string;
  /** Later records have higher ones. */
  seq: number;
}

/**
 * Where a task stands, by its records alone: the nodes that it would have entered next. For tasks whose machine cannot be
 * asked. Which way out of a gateway was taken is not known from its own record: nothing is said then.
 *
 * @param reached by node id
 * @returns indices of nodes
 */
export function frontierOf(program: Program, reached: ReadonlyMap<string, Reached>): number[] {
  const { nodes, pipelines } = program;
  if (reached.size === 0) return [behindStart(program, pipelines[0]!.start)];
  const next = new Set<number>();
  for (const node of nodes) {
    const record = reached.get(node.id);
    if (!record) continue;
    for (const index of followers(program, node, record)) {
      const follower = reached.get(nodes[index]!.id);
      if (!follower || follower.seq < record.seq) next.add(behindStart(program, index));
    }
  }
  const found = [...next];
  // A converge waits for its branches: it is what comes next only when nothing else does.
  const inside = found.filter((index) => nodes[index]!.type !== 'converge');
  const isOpen = [...reached.values()].some(({ status }) => status === 'RUNNING' || status === 'READY');
  return inside.length > 0 || isOpen ? inside : found;
}

/** A start event cannot fail: what could not be got past is what follows. */
function behindStart({ nodes }: Program, index: number): number {
  const node = nodes[index]!;
  return node.type === 'start' ? node.next : index;
}

/** Where a token goes from a node, as far as that is certain. */
function followers({ pipelines }: Program, node: ProgramNode, { status }: Reached): number[] {
  if (node.type === 'subprocess' && status === 'RUNNING') return [pipelines[node.child]!.start];
  if (status !== 'FINISHED') return [];
  switch (node.type) {
    case 'parallel':
      return node.branches.map(({ target }) => target);
    case 'exclusive':
    case 'conditional_parallel':
      return [];
    case 'end': {
      const { owner } = pipelines[node.pipeline]!;
      return owner < 0 ? [] : [owner];
    }
    default:
      return [node.next];
  }
}
