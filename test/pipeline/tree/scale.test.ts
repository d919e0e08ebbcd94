import { replaceIds } from '../../../pipeline/tree/ids';
import { layoutTree } from '../../../pipeline/tree/layout';
import { canonicaliseTree, normaliseTree } from '../../../pipeline/tree/normalise';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { validateTree } from '../../../pipeline/tree/validate';
import { draw } from './draw';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

const SHAPES: [string, string[]][] = [
  ['a line of 10,000 activities', ['S>a0', ...numbers(9999).map((i) => `a${i}>a${i + 1}`), 'a9999>E']],
  ['1,000 branches', ['S>p0', ...numbers(1000).flatMap((i) => [`p0>a${i}`, `a${i}>v0`]), 'v0>E']],
  [
    '1,000 blocks one after the other',
    ['S>p0', ...numbers(1000).flatMap((i) => [`p${i}>a${i}`, `p${i}>v${i}`, `a${i}>v${i}`, `v${i}>p${i + 1}`])]
      .join(' ')
      .replace('v999>p1000', 'v999>E')
      .split(' '),
  ],
  [
    '1,000 blocks in each other',
    [
      'S>x0',
      ...numbers(1000).flatMap((i) => [`x${i}>a${i}`, `a${i}>v${i}`, `x${i}>x${i + 1}`, `v${i + 1}>v${i}`]),
      'x1000>b0',
      'b0>v1000',
      'v0>E',
    ],
  ],
  [
    '1,000 choices that each may go back to the first',
    ['S>a0', ...numbers(1000).flatMap((i) => [`a${i}>x${i}`, `x${i}>a0`, `x${i}>a${i + 1}`]), 'a1000>E'],
  ],
];

describe('a large tree', () => {
  // Seconds are for slow machines: these take a tenth of one, but a step that is quadratic takes many.
  test.each(SHAPES)(
    'of %s goes through every step',
    (_, edges) => {
      const source = draw(edges.join(' '));

      const tree = normaliseTree(source) as PipelineTree;
      const { problems, converge } = validateTree(tree);
      expect(problems).toEqual([]);
      const canonical = canonicaliseTree(tree, converge);
      const drawn = { ...canonical, ...layoutTree(canonical) };
      let count = 0;
      const replaced = replaceIds(drawn, (kind) => `${kind}${count++}`);

      expect(Object.keys(replaced.tree.flows)).toHaveLength(edges.length);
    },
    10_000,
  );
});
