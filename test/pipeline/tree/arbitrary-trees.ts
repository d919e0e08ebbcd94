import fc from 'fast-check';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { draw } from './draw';

/**
 * A tree as blocks in blocks: whatever is built like this must be valid. Each block with a choice, a loop too, ends with a
 * converge of its own: upstream, and so we, refuse some trees in which choices at the end of a branch share the one around.
 */
type Block =
  | { kind: 'activity' }
  | { kind: 'parallel'; letter: 'p' | 'c'; branches: Block[][] }
  | { kind: 'exclusive'; branches: Block[][] }
  | { kind: 'loop'; body: Block[] };

const blocks = fc.letrec<{ block: Block; blocks: Block[] }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'block' },
    fc.constant<Block>({ kind: 'activity' }),
    fc.record<Block & { kind: 'parallel' }>({
      kind: fc.constant('parallel'),
      letter: fc.constantFrom('p', 'c'),
      branches: fc.array(tie('blocks'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record<Block & { kind: 'exclusive' }>({
      kind: fc.constant('exclusive'),
      branches: fc.array(tie('blocks'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record<Block & { kind: 'loop' }>({ kind: fc.constant('loop'), body: tie('blocks') }),
  ),
  // A branch has an activity at least, so that a loop never leads straight back to its own gateway.
  blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3 }),
})).blocks;

/** Trees that must pass validation, with the converge that each parallel gateway must get. */
export const validTrees: fc.Arbitrary<{ tree: PipelineTree; parallels: Record<string, string> }> = blocks.map(
  (body) => {
    const edges: string[] = [];
    const parallels: Record<string, string> = {};
    let count = 0;

    function drawBlocks(from: string, list: readonly Block[]): string {
      return list.reduce((last, block) => drawBlock(last, block), from);
    }

    function drawBlock(from: string, block: Block): string {
      const number = count++;
      const link = (source: string, target: string) => {
        edges.push(`${source}>${target}`);
        return target;
      };
      switch (block.kind) {
        case 'activity':
          return link(from, `a${number}`);
        case 'loop': {
          const head = link(from, `a${number}`);
          const choice = link(drawBlocks(head, block.body), `x${number}`);
          edges.push(`${choice}>${head}`);
          return link(choice, `v${number}`);
        }
        case 'parallel':
        case 'exclusive': {
          const gateway = link(from, `${block.kind === 'parallel' ? block.letter : 'x'}${number}`);
          const converge = `v${number}`;
          if (block.kind === 'parallel') parallels[gateway] = converge;
          for (const branch of block.branches) link(drawBlocks(gateway, branch), converge);
          return converge;
        }
      }
    }

    const last = drawBlocks('S', [{ kind: 'activity' }, ...body]);
    edges.push(`${last}>E`);
    return { tree: draw(edges.join(' ')), parallels };
  },
);
