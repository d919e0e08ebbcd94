import { effectiveTime } from '../../../tasks/view/effective-time';
import { compileTree, sketch, type TreeSketch } from '../../support/trees';

function measure(tree: TreeSketch, durations: Record<string, number>) {
  return effectiveTime(compileTree(sketch(tree)), new Map(Object.entries(durations)));
}

describe('the effective time of a task', () => {
  it('is the time of the longest branch', () => {
    const tree: TreeSketch = {
      chains: ['S a P b c C d E', 'P e C'],
      gateways: { P: { type: 'ParallelGateway' }, C: { type: 'ConvergeGateway' } },
    };

    expect(measure(tree, { a: 1, b: 2, c: 3, d: 4, e: 4.5 })).toEqual({ seconds: 10, nodes: 5, excludedNodes: 0 });
    expect(measure(tree, { a: 1, b: 2, c: 3, d: 4, e: 7 }).seconds).toBe(12);
  });

  it('does not count what waited for people, nor what was not executed', () => {
    const tree: TreeSketch = { chains: ['S a w b E'], activities: { w: { code: 'pause_node' } } };

    expect(measure(tree, { a: 1, w: 100 })).toEqual({ seconds: 1, nodes: 2, excludedNodes: 1 });
  });

  it('has the rounds of a loop in the time of its nodes, and does not follow the way back', () => {
    const tree: TreeSketch = {
      chains: ['S a X b E', 'X a'],
      gateways: {
        X: { type: 'ExclusiveGateway', conditions: { X_a: { evaluate: '1 == 2' }, X_b: { evaluate: '1 == 1' } } },
      },
    };

    expect(measure(tree, { a: 30, b: 5 }).seconds).toBe(35);
  });

  it('is known of a line that is longer than the stack is deep', () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `n${index}`);

    const durations = Object.fromEntries(ids.map((id) => [id, 1]));
    expect(measure({ chains: [`S ${ids.join(' ')} E`] }, durations).seconds).toBe(10_000);
  });
});
