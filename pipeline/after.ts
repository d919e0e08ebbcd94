import type { Program, ProgramNode } from './program';

/** Indices of a node and of all nodes that a token may come to from it, in subprocesses and around them too. */
export function reachableFrom(program: Program, index: number): Set<number> {
  const found = new Set([index]);
  for (const at of found) for (const next of followersOf(program, program.nodes[at]!)) found.add(next);
  return found;
}

function followersOf({ nodes, pipelines }: Program, node: ProgramNode): number[] {
  switch (node.type) {
    case 'parallel':
      return [...node.branches.map(({ target }) => target), node.converge];
    case 'exclusive':
    case 'conditional_parallel': {
      const branches = node.fallback ? [...node.branches, node.fallback] : node.branches;
      return [...branches.map(({ target }) => target), ...('converge' in node ? [node.converge] : [])];
    }
    case 'subprocess':
      return [pipelines[node.child]!.start, node.next];
    case 'end': {
      const owner = nodes[pipelines[node.pipeline]!.owner];
      return owner?.type === 'subprocess' ? [owner.next] : [];
    }
    default:
      return [node.next];
  }
}
