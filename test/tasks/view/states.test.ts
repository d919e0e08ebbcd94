import type { CurrentNodeExecution } from '../../../db/current-nodes';
import { builtins } from '../../../pipeline/builtin';
import { decisionOf, needsPerson } from '../../../tasks/view/decision';
import { failedWithin, reachedNodes, WHOLE_TASK } from '../../../tasks/view/states';
import { compileTree, sketch } from '../../support/trees';

/** `out` has the nodes a and `in`, `in` has the nodes b and the confirmation c; d comes after `out`. */
const innermost = sketch({ chains: ['S b c E'], activities: { c: { code: 'pause_node' } } });
const inner = sketch({ chains: ['S a in E'], activities: { in: { type: 'SubProcess', pipeline: innermost } } });
const program = compileTree(
  sketch({ chains: ['S out d E'], activities: { out: { type: 'SubProcess', pipeline: inner } } }),
);

function attempts(states: Record<string, string>): CurrentNodeExecution[] {
  return Object.entries(states).map(([nodeId, status]) => ({
    ...{ nodeId, status, loop: 1, retry: 0, skip: false, errorIgnored: false },
    ...{ startedAt: null, finishedAt: null, waitingFor: null },
  }));
}

const reached = (states: Record<string, string>) => reachedNodes(program, attempts(states));

describe('nodes that were reached', () => {
  it('are listed with the subprocess that each stands in, which comes before them', () => {
    const nodes = reached({ c: 'RUNNING', d: 'READY', b: 'FINISHED', in: 'RUNNING', out: 'RUNNING' });

    const around = nodes.map(({ node, within }) => [node.id, within === WHOLE_TASK ? null : nodes[within]!.node.id]);
    expect(around).toEqual([
      ['out', null],
      ['d', null],
      ['in', 'out'],
      ['b', 'in'],
      ['c', 'in'],
    ]);
    expect(nodes.map(({ attempt }) => attempt.status)).toEqual(['RUNNING', 'READY', 'RUNNING', 'FINISHED', 'RUNNING']);
  });

  it('are not listed as long as the subprocess around them has no record', () => {
    expect(reached({ out: 'RUNNING', b: 'RUNNING', d: 'READY' }).map(({ node }) => node.id)).toEqual(['out', 'd']);
  });

  it('that have failed are found in a subprocess, however deep, and in the whole task', () => {
    const nodes = reached({ out: 'RUNNING', a: 'FAILED', in: 'RUNNING', b: 'FAILED', d: 'FAILED' });

    expect(failedWithin(nodes, 'in')).toEqual(['b']);
    expect(failedWithin(nodes, 'out')).toEqual(['a', 'b']);
    expect(failedWithin(nodes, 'a')).toEqual([]);
    expect(failedWithin(nodes, 'the task')).toEqual(['d', 'a', 'b']);
  });
});

describe('a task needs a person', () => {
  const needs = (status: string, states: Record<string, string>) => needsPerson({ status }, reached(states));

  it('when it or a node is paused, has failed, or waits for a decision', () => {
    expect(needs('SUSPENDED', {})).toBe(true);
    expect(needs('RUNNING', { d: 'SUSPENDED' })).toBe(true);
    expect(needs('RUNNING', { out: 'RUNNING', a: 'FAILED' })).toBe(true);
    expect(needs('RUNNING', { out: 'RUNNING', in: 'RUNNING', c: 'RUNNING' })).toBe(true);
  });

  it('not while its nodes work, nor for a decision that is not due or was made', () => {
    expect(needs('RUNNING', {})).toBe(false);
    expect(needs('RUNNING', { out: 'RUNNING', in: 'RUNNING', b: 'RUNNING', d: 'RUNNING' })).toBe(false);
    for (const status of ['READY', 'FINISHED', 'REVOKED']) {
      expect([status, needs('RUNNING', { out: 'RUNNING', in: 'RUNNING', c: status })]).toEqual([status, false]);
    }
  });

  it('for every kind of node that a callback ends, and for no other', () => {
    for (const [builtin, { endByCallback }] of Object.entries(builtins)) {
      const decision = decisionOf({ type: 'activity', work: { kind: 'inline', builtin } });

      expect([builtin, decision !== undefined]).toEqual([builtin, endByCallback !== undefined]);
    }
  });
});
