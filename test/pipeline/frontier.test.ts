import { frontierOf, type Reached } from '../../pipeline/frontier';
import type { Program } from '../../pipeline/program';
import { compileTree, sketch } from '../support/trees';

function namesAhead(program: Program, reached: Record<string, Reached>): string[] {
  return frontierOf(program, new Map(Object.entries(reached))).map((index) => program.nodes[index]!.id);
}

const finished = (seq: number): Reached => ({ status: 'FINISHED', seq });

describe('where a task stands by its records', () => {
  const line = compileTree(sketch({ chains: ['S a b E'] }));
  const fork = compileTree(
    sketch({
      chains: ['S p a v E', 'p b v'],
      gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
    }),
  );
  const choice = compileTree(
    sketch({
      chains: ['S a x b w E', 'x a', 'x c w'],
      gateways: {
        x: {
          type: 'ExclusiveGateway',
          conditions: { x_b: { evaluate: '1 == 1' }, x_c: { evaluate: '1 == 2' }, x_a: { evaluate: '1 == 3' } },
        },
        w: { type: 'ConvergeGateway' },
      },
    }),
  );

  it.each<[string, Program, Record<string, Reached>, string[]]>([
    ['behind its start when nothing is recorded', line, {}, ['a']],
    ['in front of what follows the last node', line, { S: finished(1), a: finished(2) }, ['b']],
    ['at the end of it', line, { S: finished(1), a: finished(2), b: finished(3), E: finished(4) }, []],
    ['nowhere but at the open node', line, { S: finished(1), a: { status: 'RUNNING', seq: 2 } }, []],
    ['in front of every branch', fork, { S: finished(1), p: finished(2) }, ['a', 'b']],
    [
      'in front of the branch that has no record, not of the converge',
      fork,
      { S: finished(1), p: finished(2), a: finished(3) },
      ['b'],
    ],
    [
      'in front of the converge when all branches are over',
      fork,
      { S: finished(1), p: finished(2), a: finished(3), b: finished(4) },
      ['v'],
    ],
    [
      'in a branch that is open, not in front of the converge',
      fork,
      { S: finished(1), p: finished(2), a: finished(3), b: { status: 'RUNNING', seq: 4 } },
      [],
    ],
    ['in front of a gateway', choice, { S: finished(1), a: finished(2) }, ['x']],
    ['somewhere behind a gateway that has chosen', choice, { S: finished(1), a: finished(2), x: finished(3) }, []],
    ['in front of a node for the second time', choice, { S: finished(1), x: finished(3), a: finished(4) }, ['x']],
  ])('is %s', (_, program, reached, expected) => {
    expect(namesAhead(program, reached).sort()).toEqual(expected);
  });
});
