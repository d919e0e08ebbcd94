import type { Language } from '../../../pipeline/language/python/rules';
import type { Outcome, RunPlugin } from '../../../pipeline/machine';
import { nodeIndex } from '../../../pipeline/program';
import type { PipelineTree, SubProcess } from '../../../pipeline/tree/types';
import { testCatalog } from '../../support/catalog';
import { type Request, Simulation } from '../../support/simulation';
import { compileTree, sketch, type TreeSketch } from '../../support/trees';

type Result = Omit<Outcome, 'recorded'>;

export const OK: Result = { ok: true, outputs: {} };

export const FAILED: Result = { ok: false, outputs: {}, reason: 'broken' };

interface Options {
  rerunLimit?: number;
  language?: Language;
  /** The outcome of a run of plugin `work`, at once; undefined leaves it open. */
  work?: (run: RunPlugin) => Result | undefined;
}

/** A task that has not started. Plugin `work` stays open unless the test gives its outcomes. */
export function simulate(tree: TreeSketch, { work, language, ...options }: Options = {}): Simulation {
  return new Simulation(compileTree(sketch(tree), { catalog: testCatalog, ...options }), {
    ...(work ? { plugin: work } : {}),
    ...(language ? { language } : {}),
  });
}

/** The activity of a subprocess; its events are `<prefix>S` and `<prefix>E`, because ids are unique in a task. */
export function subprocess(tree: TreeSketch, prefix = 'n_'): NonNullable<TreeSketch['activities']>[string] {
  const text = JSON.stringify(sketch(tree)).replaceAll(/"([SE])"/g, `"${prefix}$1"`);
  return { type: 'SubProcess', pipeline: JSON.parse(text) as PipelineTree } as Partial<SubProcess>;
}

/** Outcomes one after the other, whatever is run; then nothing ends any more. */
export function oneByOne(...outcomes: Result[]): (run: RunPlugin) => Result | undefined {
  const left = [...outcomes];
  return () => left.shift();
}

/** Performs an operation that has to be allowed. */
export function did(simulation: Simulation, request: Request): Simulation {
  expect(simulation.operate(request)).toBeNull();
  return simulation;
}

/** Status by node id as the machine knows it; nodes not reached are left out. */
export function statuses(simulation: Simulation, ...ids: string[]): Record<string, string> {
  const { state, program } = simulation;
  const known = ids.map((id) => [id, state.nodes[nodeIndex(program, id)]?.status] as const);
  return Object.fromEntries(known.filter(([, status]) => status !== undefined)) as Record<string, string>;
}

/** What was run so far, as `node loop.attempt`. */
export function runs(simulation: Simulation): string[] {
  return simulation.ran.map(({ nodeId, loop, attempt }) => `${nodeId} ${loop}.${attempt}`);
}
