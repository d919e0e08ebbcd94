import type { Graph } from './graph';
import type { Problem } from './problem';

/** Nodes from which no way leads to the end event: a task that comes there would go round for ever. */
export function endlessProblems({ nodes, end }: Graph): Problem[] {
  const before = nodes.map((): number[] => []);
  nodes.forEach(({ targets }, index) => {
    for (const target of targets) before[target]?.push(index);
  });
  const reached = new Uint8Array(nodes.length);
  reached[end] = 1;
  const queue = [end];
  for (let at = 0; at < queue.length; at++) {
    for (const index of before[queue[at]!]!) {
      if (reached[index]) continue;
      reached[index] = 1;
      queue.push(index);
    }
  }
  return nodes.flatMap(({ id }, index): Problem[] => {
    if (reached[index]) return [];
    const message = `node ${id}: no way leads from here to the end event`;
    return [{ stage: 'consistency', kind: 'consistency', nodeId: id, message }];
  });
}
