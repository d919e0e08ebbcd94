import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type CaseStep, loadCases } from '../../../cli/cases/load';
import { isJsonObject } from '../../../pipeline/json';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { withoutSecrets } from '../../../secrets/constants';
import { runCase } from '../../support/case-runs';
import { draw, randomBlocks } from '../../support/random-trees';
import { richTree } from '../../support/rich-tree';
import { behaviourOf, fitted, kept, throughYaml } from '../../support/yaml';

const DATA = join(__dirname, '../../data');
const { pipelines } = loadCases(DATA);
const { trees } = loadCases(join(DATA, 'tree'));

const examples = readdirSync(join(DATA, 'examples')).map((file): [string, PipelineTree] => {
  const content = JSON.parse(readFileSync(join(DATA, 'examples', file), 'utf8'));
  return [file, (content.data ?? content).pipeline_tree];
});
const valid = trees.filter(({ expect: { valid } }) => valid);
const all: [string, PipelineTree][] = [
  ...examples,
  ...pipelines.map(({ name, pipeline_tree }): [string, PipelineTree] => [name, pipeline_tree]),
  ...valid.map(({ name, pipeline_tree }): [string, PipelineTree] => [name, pipeline_tree]),
  ['every field', richTree()],
];

/** Whether two ways lead from a node to one: the format cannot say so. */
function hasDouble(tree: PipelineTree): boolean {
  const ways = Object.values(tree.flows).map(({ source, target }) => `${source} ${target}`);
  const inner = Object.values(tree.activities).flatMap((one) =>
    one.type === 'SubProcess' && one.pipeline ? [one.pipeline] : [],
  );
  return new Set(ways).size < ways.length || inner.some(hasDouble);
}

function comparable(tree: PipelineTree): PipelineTree | undefined {
  try {
    const one = kept(tree);
    behaviourOf(one);
    return one;
  } catch {
    // Of the validator's cases some need the original's leniency, or plugins that there are not.
    return undefined;
  }
}

describe("trees that were written as bk-sops' YAML and read again", () => {
  const compared = all.filter(([, tree]) => comparable(tree));

  it('are all of those that the house takes', () => {
    const left = all.filter(([, tree]) => !comparable(tree)).map(([name]) => name);
    expect(left).toEqual([
      'component_missing',
      'exclusive_condition_for_flow_missing',
      'constant_cycle_expression_not_detected',
      'node_id_differs_from_key',
      'repo_flow_valid_edge_case_1',
      'repo_flow_valid_edge_case_2',
      'repo_flow_valid_edge_case_5',
    ]);
  });

  it.each(compared)('do what they did: %s', (_name, tree) => {
    const before = comparable(tree)!;
    if (hasDouble(before)) {
      expect(() => throughYaml(before)).toThrow('two ways lead from node');
      return;
    }
    expect(behaviourOf(throughYaml(before).tree)).toEqual(behaviourOf(fitted(before)));
  });

  it.each(pipelines.map((one) => [one.name, one] as const))('run as the original engine did: %s', (_name, one) => {
    const { tree } = throughYaml(kept(one.pipeline_tree));
    const flows = flowsBetween(one.pipeline_tree, tree);
    const renamed = <S extends CaseStep>(step: S): S => ({
      ...step,
      ...(step.flow_id === undefined ? {} : { flow_id: flows.get(step.flow_id) }),
      ...(step.flow_ids === undefined ? {} : { flow_ids: step.flow_ids.map((flow) => flows.get(flow)!) }),
    });

    runCase({ ...one, pipeline_tree: tree, pre_steps: one.pre_steps.map(renamed), steps: one.steps.map(renamed) });
  });

  it('are the same whatever blocks they are made of', () => {
    let refused = 0;
    fc.assert(
      fc.property(randomBlocks, (blocks) => {
        const tree = comparable(draw(blocks));
        fc.pre(tree !== undefined);
        if (hasDouble(tree)) {
          refused += 1;
          expect(() => throughYaml(tree)).toThrow('two ways lead from node');
          return;
        }
        expect(behaviourOf(throughYaml(tree).tree)).toEqual(behaviourOf(fitted(tree)));
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeLessThan(50);
  });

  it('are written with their ids, so that the same text comes of what was read', () => {
    for (const [, tree] of examples) {
      const first = throughYaml(kept(tree));
      expect(throughYaml(first.tree).text).toBe(first.text);
    }
  });

  it('have no secrets in them, and say so', () => {
    const { text, notes } = throughYaml(withoutSecrets(kept(richTree())));

    expect(notes).toContain('template t: passwords are left out: ${secret}');
    expect(text).toContain('${secret}');
  });
});

/** The flows of a tree, and of the trees in it, by the ids that they had before. */
function flowsBetween(before: PipelineTree, after: PipelineTree): Map<string, string> {
  const ends = (tree: PipelineTree): [string, string][] => [
    ...Object.values(tree.flows).map(({ id, source, target }): [string, string] => [id, `${source} ${target}`]),
    ...Object.values(tree.activities).flatMap((one) =>
      isJsonObject((one as { pipeline?: unknown }).pipeline) ? ends((one as { pipeline: PipelineTree }).pipeline) : [],
    ),
  ];
  const byEnds = new Map(ends(after).map(([id, way]) => [way, id]));
  return new Map(ends(before).map(([id, way]) => [id, byEnds.get(way)!]));
}
