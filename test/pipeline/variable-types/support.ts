import type { Json, JsonObject } from '../../../pipeline/json';
import type { TaskContext } from '../../../pipeline/machine';
import type { Constant } from '../../../pipeline/tree/types';
import { CONTEXT, Simulation } from '../../support/simulation';
import { compileTree, sketch } from '../../support/trees';

/** 2024-03-05 23:07:09.250 UTC: the date differs east of it, and every part has a leading zero. */
export const NOW = Date.UTC(2024, 2, 5, 23, 7, 9, 250);

/** What a node sees of one constant `${v}`: its rendered inputs, or why it failed. */
export function render(
  constant: Partial<Constant>,
  inputs: Record<string, Json>,
  context: Partial<TaskContext> = {},
  others: Record<string, Partial<Constant>> = {},
): JsonObject | string {
  const tree = sketch({
    chains: ['S a E'],
    activities: { a: { inputs } },
    constants: { ...others, v: constant },
  });
  const simulation = new Simulation(compileTree(tree), { context: { ...CONTEXT, ...context } });
  simulation.now = NOW;
  simulation.start();
  const { status, inputs: seen, outputs } = simulation.rows.get('a')!;
  if (status === 'FAILED') return String(outputs.ex_data);
  const { _loop, _inner_loop, ...rendered } = seen;
  return rendered;
}

/** The constant as a whole: the value of an input that is `${v}` and nothing else. */
export function whole(constant: Partial<Constant>, context?: Partial<TaskContext>): Json | undefined {
  const rendered = render(constant, { it: '${v}' }, context);
  return typeof rendered === 'string' ? rendered : rendered.it;
}
