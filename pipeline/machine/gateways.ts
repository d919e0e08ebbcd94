import { type ConditionError, conditionReferences, decide } from '../language/condition';
import type {
  Branch,
  ConditionalBranch,
  ConditionalParallelNode,
  ConvergeNode,
  ExclusiveNode,
  ParallelNode,
} from '../program';
import type { Frame } from './frame';
import { failNode, finishNode, passNode } from './nodes';
import { fork, move } from './tokens';
import { describeValues, Variables } from './variables';

type Gateway = ExclusiveNode | ParallelNode | ConditionalParallelNode | ConvergeNode;

/**
 * Decides which ways a token takes (bk-sops §5.4, §6.2). A gateway that cannot decide fails and waits for an operator.
 */
export function passGateway(frame: Frame, node: Gateway, index: number, token: number): void {
  switch (node.type) {
    case 'converge':
      return passNode(frame, index, token);
    case 'parallel':
      finishNode(frame, index, { startedAt: frame.at });
      return fork(frame, token, node.branches, node.converge);
    case 'exclusive':
    case 'conditional_parallel': {
      const choice = choose(frame, node);
      if ('reason' in choice) {
        return failNode(frame, index, { startedAt: frame.at, inputs: {}, outputs: { ex_data: choice.reason } });
      }
      finishNode(frame, index, { startedAt: frame.at, inputs: {} });
      return take(frame, node, token, choice.branches);
    }
    default:
      node satisfies never;
  }
}

/** Sends a token along branches of a gateway that have been chosen, by conditions or by an operator. */
export function take(
  frame: Frame,
  node: ExclusiveNode | ConditionalParallelNode,
  token: number,
  branches: Branch[],
): void {
  if (node.type === 'exclusive') move(frame, token, branches[0]!.target);
  else fork(frame, token, branches, node.converge);
}

type Choice = { branches: Branch[] } | { reason: string };

function choose(frame: Frame, node: ExclusiveNode | ConditionalParallelNode): Choice {
  const scope = new Variables(frame, node.pipeline);
  const met: Branch[] = [];
  for (const branch of node.branches) {
    const result = evaluate(frame, scope, branch);
    if (typeof result === 'string') return { reason: result };
    if (result) met.push(branch);
  }
  if (node.type === 'exclusive' && met.length > 1) {
    return { reason: `multiple conditions meet: [${met.map(({ flow }) => `'${flow}'`).join(', ')}]` };
  }
  if (met.length > 0) return { branches: met };
  return node.fallback ? { branches: [node.fallback] } : { reason: 'all conditions of branches are not meet' };
}

/** Whether the condition holds, or why that cannot be told. */
function evaluate(frame: Frame, scope: Variables, branch: ConditionalBranch): boolean | string {
  const names = conditionReferences(branch.condition);
  try {
    for (const name of names) scope.value(name);
  } catch (error) {
    return `evaluation context hydrate failed(${(error as Error).message}), check node log for details.`;
  }
  try {
    return decide(branch.condition, (name) => scope.value(name), frame.ambient, scope.meter);
  } catch (error) {
    if ((error as Error).name !== 'ConditionError') throw error;
    return describe(error as ConditionError, branch.evaluate, describeValues(scope, names));
  }
}

function describe(error: ConditionError, evaluate: string, values: string): string {
  if (error.kind !== 'parse') return `evaluate[${evaluate}] fail with data[${values}] message: ${error.message}`;
  return (
    `evaluate[${evaluate}] fail with data[${values}]: please check if some variable does not exist ` +
    `or the expression is not supported (${error.message})`
  );
}
