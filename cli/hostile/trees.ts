import type { Json } from '../../pipeline/json';
import type { PipelineTree } from '../../pipeline/tree/types';
import { TreeBuilder } from '../tree-builder';
import type { HostileCase } from './load';

/** The input that holds the text of a case. */
export const INPUT = 'bk_display_message';
export const SUCCESS_INPUT = 'bk_http_success_exp';

/** A tree with the text of a case in its place. The node that has to fail is the only one of its section. */
export interface HostileTree {
  tree: PipelineTree;
  culprit: 'activities' | 'gateways';
}

/**
 * Draws the tree of a case that is a task's.
 *
 * @param answerUrl where the answer of the case is served
 */
export function treeOf({ kind, text, constants = {} }: HostileCase, answerUrl: string): HostileTree {
  switch (kind) {
    case 'condition':
      return { tree: withConstants(choice(text), constants), culprit: 'gateways' };
    case 'success_exp': {
      const inputs = { bk_http_request_method: 'GET', bk_http_request_url: answerUrl, [SUCCESS_INPUT]: text };
      const tree = line([{ code: 'bk_http_request', version: 'v1.0', inputs }]);
      return { tree: withConstants(tree, constants), culprit: 'activities' };
    }
    default: {
      const tree = line([{ code: 'bk_display', version: '1.0', inputs: { [INPUT]: text } }]);
      return { tree: withConstants(tree, constants), culprit: 'activities' };
    }
  }
}

/** A wait, and a node after it. */
export function smallTree(waitSeconds: number): PipelineTree {
  return line([
    { code: 'sleep_timer', version: 'legacy', inputs: { bk_timing: String(waitSeconds) } },
    { code: 'bk_display', version: '1.0', inputs: { [INPUT]: 'done ${1 + 1}' } },
  ]).build();
}

interface Step {
  code: string;
  version: string;
  inputs: Record<string, Json>;
}

/** The nodes `n0`, `n1` and so on in a line. */
function line(steps: Step[]): TreeBuilder {
  const tree = new TreeBuilder();
  steps.forEach(({ code, ...step }, place) => {
    tree.activity(`n${place}`, code, step);
  });
  return tree.chain('S', ...steps.map((_, place) => `n${place}`), 'E');
}

/** A gateway whose first way has the condition of the case, and whose second is the one for want of another. */
function choice(evaluate: string): TreeBuilder {
  const chosen = { version: '1.0', inputs: { [INPUT]: 'chosen' } };
  return new TreeBuilder()
    .gateway('g', 'ExclusiveGateway', {
      name: 'choice',
      conditions: { g_n1: { evaluate, name: 'hostile' } },
      default_condition: { flow_id: 'g_n2', name: 'otherwise' },
    })
    .activity('n1', 'bk_display', chosen)
    .activity('n2', 'bk_display', chosen)
    .chain('S', 'g', 'n1', 'E')
    .chain('g', 'n2', 'E');
}

/** @param constants by key, which the text of a case may make anything */
function withConstants(tree: TreeBuilder, constants: Record<string, Json>): PipelineTree {
  Object.entries(constants).forEach(([key, value], index) => {
    tree.constant(key, value, { key, index, desc: '' });
  });
  return tree.build();
}
