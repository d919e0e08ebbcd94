import { type Graph, isParallel } from './graph';
import type { Problem } from './problem';

const NONE = -1;

/**
 * Gives every node the stream that its token belongs to and reports nodes with two streams or none (bk-sops §2.4,
 * "Stream validation"): somebody jumps into or out of a parallel branch, or nothing leads to the node.
 *
 * Each branch of a parallel gateway opens a stream; the converge that owns the branch has the stream of the gateway again.
 */
export function streamProblems(graph: Graph, converge: ReadonlyMap<number, number>): Problem[] {
  const { nodes, start, end } = graph;
  const problems = new Map<number, Problem>();
  const report = (node: number, fault: string) => {
    const { id } = nodes[node]!;
    const found: Problem = { stage: 'graph', kind: 'stream', nodeId: id, message: `node ${id} ${fault}` };
    if (!problems.has(node)) problems.set(node, found);
  };
  const streamOf = new Int32Array(nodes.length).fill(NONE);
  // A stream is known by its number; the converge at which it ends is kept beside it.
  const endOfStream: number[] = [NONE];
  const join = (node: number, stream: number) => {
    if (streamOf[node] === NONE) streamOf[node] = stream;
    else if (streamOf[node] !== stream) report(node, 'is reached from two different parallel branches');
  };

  const joinsParallel = new Set<number>();
  for (const [gateway, end] of converge) if (isParallel(nodes[gateway]!)) joinsParallel.add(end);

  streamOf[start] = 0;
  streamOf[end] = 0; // A branch of a parallel gateway may not reach the end event.
  const queue = [start];
  const queued = new Uint8Array(nodes.length);
  queued[start] = 1;
  for (let at = 0; at < queue.length; at++) {
    const from = queue[at]!;
    const node = nodes[from]!;
    const parallel = isParallel(node);
    const own = parallel ? (converge.get(from) ?? NONE) : NONE;
    if (own !== NONE) join(own, streamOf[from]!);
    for (const target of node.targets) {
      const stream = streamOf[from]!;
      const ends = joinsParallel.has(target) && (converge.get(from) === target || endOfStream[stream] === target);
      if (!ends) join(target, parallel ? endOfStream.push(own) - 1 : stream);
      // Only the parallel gateway gives its converge a stream: whoever comes before it comes from outside the block.
      else if (streamOf[target] === NONE) report(target, 'is reached from outside the parallel branches that it joins');
      if (!queued[target]) {
        queued[target] = 1;
        queue.push(target);
      }
    }
  }

  nodes.forEach((_, index) => {
    if (streamOf[index] === NONE) report(index, 'is not reached from the start event');
  });
  return [...problems.values()];
}
