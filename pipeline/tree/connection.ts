import type { Graph } from './graph';
import type { Problem } from './problem';

interface Rule {
  in: readonly [min: number, max: number];
  out: readonly [min: number, max: number];
  /** Types that a flow from here may not lead to. */
  refuses: readonly string[];
}

/** Upstream's limit is 1,000; thousands of branches are a use of ours. */
const MAX_DEGREE = 10_000;
const MANY = [1, MAX_DEGREE] as const;
const ACTIVITY: Rule = { in: MANY, out: [1, 1], refuses: ['EmptyStartEvent'] };
const BRANCHING: Rule = { in: MANY, out: MANY, refuses: ['EmptyStartEvent'] };

const RULES = new Map<string, Rule>([
  ['EmptyStartEvent', { in: [0, 0], out: [1, 1], refuses: ['EmptyStartEvent', 'EmptyEndEvent'] }],
  ['EmptyEndEvent', { in: MANY, out: [0, 0], refuses: [] }],
  ['ServiceActivity', ACTIVITY],
  ['SubProcess', ACTIVITY],
  ['ConvergeGateway', ACTIVITY],
  ['ExclusiveGateway', BRANCHING],
  ['ParallelGateway', BRANCHING],
  ['ConditionalParallelGateway', BRANCHING],
]);

/**
 * Who may be connected to whom, and with how many flows (bk-sops §2.4, the connection table).
 * Like upstream, a node without outgoing flows is not checked here: the streams find it.
 */
export function connectionProblems({ nodes }: Graph): Problem[] {
  const problems: Problem[] = [];
  for (const node of nodes) {
    const rule = RULES.get(node.type);
    const faults: string[] = [];
    if (!rule) {
      faults.push(`the type '${node.type}' is not known`);
    } else if (node.targets.length > 0) {
      for (const target of new Set(node.targets)) {
        const { id, type } = nodes[target]!;
        if (rule.refuses.includes(type)) faults.push(`${node.type} cannot lead to ${type} ${id}`);
      }
      faults.push(...degreeFault('incoming', node.sources.length, rule.in));
      faults.push(...degreeFault('outgoing', node.targets.length, rule.out));
    }
    if (faults.length > 0) {
      const message = `node ${node.id}: ${faults.join('; ')}`;
      problems.push({ stage: 'graph', kind: 'connection', nodeId: node.id, message });
    }
  }
  return problems;
}

function degreeFault(side: string, count: number, [min, max]: readonly [number, number]): string[] {
  if (count >= min && count <= max) return [];
  return [`has ${count} ${side} flows, must have ${min === max ? `${min}` : `${min} to ${max}`}`];
}
