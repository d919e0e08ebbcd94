import { canonicaliseTree, normaliseTree } from '../../../pipeline/tree/normalise';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { validateGraph, validateTree } from '../../../pipeline/tree/validate';
import graphs from '../../data/tree/graphs.json';
import cases from '../../data/tree/validator.json';
import { draw } from './draw';

interface Expectation {
  valid: boolean;
  stage?: string;
  error_kind?: string;
  converge_map?: Record<string, string>;
  gateway_id?: string;
  node_id?: string;
  failed_nodes?: string[];
}

/** Our own stricter checks come after everything that upstream checks. */
const upstream = ({ stage }: { stage: string }) => stage !== 'consistency';

describe('the recorded answers of the original validator', () => {
  test.each(cases.map((item) => [item.name, item] as const))(
    '%s',
    (_, { note, cycle_tolerate, pipeline_tree, expect: recorded }) => {
      const wanted = recorded as Expectation;
      const tree = pipeline_tree as unknown as PipelineTree;
      const options = { allowCycles: cycle_tolerate };

      const found = note.includes('graph stage only') ? validateGraph(tree, options) : validateTree(tree, options);

      const problems = found.problems.filter(upstream);
      expect(problems.map(({ stage, kind }) => `${stage} ${kind}`)[0]).toBe(
        wanted.valid ? undefined : `${wanted.stage} ${wanted.error_kind}`,
      );
      if (wanted.valid) expect(found.converge).toEqual(wanted.converge_map);
      const blamed = [wanted.gateway_id, wanted.node_id, ...(wanted.failed_nodes ?? [])].filter(Boolean);
      expect(problems.map(({ nodeId }) => nodeId)).toEqual(expect.arrayContaining(blamed));
    },
  );

  test.each(graphs.map((item) => [item.edges, item] as const))('%s', (_, { edges, expected, converge }) => {
    const found = validateGraph(draw(edges));

    expect(found.problems[0]?.kind ?? 'valid').toBe(expected);
    if (expected === 'valid') expect(found.converge).toEqual(converge);
  });

  it('is given by canonical trees too', () => {
    for (const { note, pipeline_tree } of cases) {
      const tree = normaliseTree(pipeline_tree) as PipelineTree;
      const { problems, converge } = validateTree(tree);
      if (problems.length > 0 || note.includes('graph stage only')) continue;

      expect(validateTree(canonicaliseTree(tree, converge))).toEqual({ problems: [], converge });
    }
  });
});
