import type { Graph } from './graph';
import type { Problem } from './problem';
import type { Traversal } from './traversal';

/** Every flow that leads back (bk-sops §2.4): upstream's entry points allow loops, a caller may refuse them. */
export function cycleProblems({ nodes }: Graph, { backEdges }: Traversal): Problem[] {
  return backEdges.map(([from, to]) => {
    const source = nodes[from]!.id;
    const message = `pipeline graph has circle: node ${source} leads back to ${nodes[to]!.id}`;
    return { stage: 'graph', kind: 'cycle', nodeId: source, message };
  });
}
