import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEPT } from '../../access/rights';
import { diffTrees } from '../../pipeline/tree/diff';
import { excludeNodes } from '../../pipeline/tree/exclude';
import { pruneConstants } from '../../pipeline/tree/prune';
import { setConstants, validationProblems } from '../../pipeline/tree/set-constants';
import type { PipelineTree } from '../../pipeline/tree/types';
import { checkTree } from '../../trees/check';
import { prepareTree } from '../../trees/prepare';
import { changed, ODD_VALUES, shown, type Way, waysInto } from '../support/odd-values';
import { richTree } from '../support/rich-tree';
import { Simulation } from '../support/simulation';

const SENT = { place: 1, rights: KEPT };

const SEED = 13;
const SAMPLES = 1_000;
/** Put at every place; of the other odd values some. */
const ALWAYS: readonly unknown[] = [null, 5, {}];
const SOMETIMES_PER_PLACE = 1;
/** A tree with gateways that lead back runs for ever when nobody fails it. */
const MAX_TIMERS = 50;

const GRAPH = /^(in subprocess \S+: )?(node|gateway|flow|activity) \S+/m;

const DATA = join(__dirname, '../data');

/** Trees that clients have sent. */
function realTrees(): object[] {
  const recorded = readdirSync(join(DATA, 'pipelines')).map((name) => {
    return JSON.parse(readFileSync(join(DATA, 'pipelines', name), 'utf8')).pipeline_tree as object;
  });
  const example = JSON.parse(readFileSync(join(DATA, 'examples', 'fast_create_task.request.json'), 'utf8'));
  return [...recorded, example.pipeline_tree];
}

/** What is wrong with how a tree was treated: nothing, or a report. */
function complaintAbout(tree: object, way: Way): string | undefined {
  try {
    throughTemplate(tree);
    run(prepareTree(tree, SENT).program);
    return undefined;
  } catch (error) {
    const { name, message, kind, stack } = error as Error & { kind?: string };
    if (name !== 'GantryError') return stack;
    if (kind !== 'invalid') return `${kind}: ${message}`;
    // Text and lists may be of the right type and still belong to no graph: that is said of nodes and flows.
    const isNamed = way.some((step) => !/^\d+$/.test(step) && message.includes(step)) || GRAPH.test(message);
    return isNamed ? undefined : `names no place: ${message}`;
  }
}

/** What trees are compared with. */
let other: PipelineTree;

/** What a template and a choice of its nodes and constants goes through. */
function throughTemplate(tree: object): void {
  const template = checkTree(tree, SENT);
  const optional = Object.values(template.activities).filter((activity) => activity.optional === true);
  excludeNodes(
    template,
    optional.map(({ id }) => id),
  );
  const { constants } = pruneConstants(template).tree;
  validationProblems(setConstants(constants, { values: {}, simplify: Object.keys(constants) }));
  diffTrees(template, other);
  JSON.stringify(template);
}

function run(program: string): void {
  const simulation = new Simulation(JSON.parse(program), { plugin: () => ({ ok: true, outputs: {} }) });
  simulation.start();
  for (let fired = 0; simulation.timers.size > 0 && !simulation.ended && fired < MAX_TIMERS; fired++) {
    simulation.fireNext();
  }
}

describe('a tree with an odd value in it', () => {
  beforeAll(() => {
    process.env.GANTRY_SECRET_KEYS = `test:${Buffer.alloc(32, 'test').toString('base64')}`;
    other = checkTree(richTree(), SENT);
  });

  it('as it is, is a tree that can run', () => {
    for (const tree of [...realTrees(), richTree()]) {
      const simulation = new Simulation(JSON.parse(prepareTree(tree, SENT).program), {
        plugin: () => ({ ok: true, outputs: {} }),
      });
      expect(simulation.start().state).toBeDefined();
    }
  });

  /** The same numbers in every run. */
  function picker() {
    let random = SEED;
    return <T>(items: readonly T[]): T => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
      return items[(random >>> 8) % items.length]!;
    };
  }

  function complaints(tree: object, way: Way, odd: unknown): string[] {
    const complaint = complaintAbout(changed(tree, way, odd), way);
    return complaint ? [`${way.join('→')} = ${shown(odd)}: ${complaint}`] : [];
  }

  it('is refused naming the place, or does no harm: at every place of a tree with all fields', () => {
    const tree = richTree();
    const pick = picker();
    const found = waysInto(tree).flatMap((way) => {
      const some = Array.from({ length: SOMETIMES_PER_PLACE }, () => pick(ODD_VALUES));
      return [...ALWAYS, ...some].flatMap((odd) => complaints(tree, way, odd));
    });

    expect(found).toEqual([]);
  }, 240_000);

  it('is refused naming the place, or does no harm: at some places of trees that clients have sent', () => {
    const trees = realTrees();
    const pick = picker();
    const found = Array.from({ length: SAMPLES }, () => pick(trees)).flatMap((tree) =>
      complaints(tree, pick(waysInto(tree)), pick(ODD_VALUES)),
    );

    expect(found).toEqual([]);
  }, 240_000);

  it('is not accepted because it is deep', () => {
    const tree = changed(
      richTree(),
      ['constants', '${who}', 'value'],
      JSON.parse('['.repeat(3_000) + ']'.repeat(3_000)),
    );

    expect(() => prepareTree(tree, SENT)).toThrow('nested deeper than');
  });
});
