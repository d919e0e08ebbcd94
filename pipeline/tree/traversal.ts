import type { Graph } from './graph';

export interface Traversal {
  /** Reachable nodes, every node before the nodes it leads to (back edges aside). */
  order: number[];
  /** Longest way from the start ignoring back edges; -1 when the start does not lead there. */
  distance: Int32Array;
  /** Flows that close a loop, as pairs of node indexes. */
  backEdges: [from: number, to: number][];
}

enum Colour {
  New,
  Open,
  Done,
}

/** Depth-first from the start with a stack of its own: a line of 10,000 nodes must not exhaust JavaScript's. */
export function traverse({ nodes, start }: Graph): Traversal {
  const colour = new Uint8Array(nodes.length);
  const nextTarget = new Int32Array(nodes.length);
  const backEdges: [number, number][] = [];
  const order: number[] = [];
  const stack = [start];
  colour[start] = Colour.Open;
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    const target = nodes[node]!.targets[nextTarget[node]!];
    nextTarget[node]!++;
    if (target === undefined) {
      colour[node] = Colour.Done;
      order.push(node);
      stack.pop();
    } else if (colour[target] === Colour.Open) {
      backEdges.push([node, target]);
    } else if (colour[target] === Colour.New) {
      colour[target] = Colour.Open;
      stack.push(target);
    }
  }
  order.reverse();

  return { order, distance: longestDistances({ nodes, order }), backEdges };
}

function longestDistances({ nodes, order }: { nodes: Graph['nodes']; order: number[] }): Int32Array {
  const distance = new Int32Array(nodes.length).fill(-1);
  const position = new Int32Array(nodes.length);
  order.forEach((node, at) => {
    position[node] = at;
  });
  if (order.length > 0) distance[order[0]!] = 0;
  for (const node of order) {
    for (const target of nodes[node]!.targets) {
      // A flow to an earlier position closes a loop.
      if (position[target]! > position[node]!) distance[target] = Math.max(distance[target]!, distance[node]! + 1);
    }
  }
  return distance;
}
