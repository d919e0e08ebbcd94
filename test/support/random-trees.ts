import fc from 'fast-check';
import type { PipelineTree, SubProcess } from '../../pipeline/tree/types';
import { sketch, type TreeSketch } from './trees';

/** A tree as it was made: blocks in blocks. The drawn tree and the reference model are both made of it. */
export type Block = ActivityBlock | ForkBlock | ChoiceBlock | LoopBlock | SubprocessBlock;

export interface ActivityBlock {
  kind: 'activity';
  id: string;
  work: 'done' | 'timer' | 'callback' | 'plugin' | 'rounds';
  ignorable: boolean;
  /** Automatic retries; 0 for none. */
  autoRetries: number;
  /** Rounds of `loop_config`; 0 for none. */
  rounds: number;
  failSkip: boolean;
  /** Only trees whose timeouts may fire have them. */
  hasTimeout?: boolean;
}

/** A parallel gateway, or a conditional one that takes the branches whose condition holds. */
export interface ForkBlock {
  kind: 'fork';
  id: string;
  isConditional: boolean;
  branches: { holds: boolean; blocks: Block[] }[];
}

/** An exclusive gateway. The condition of the chosen branch holds; -1: none does. */
export interface ChoiceBlock {
  kind: 'choice';
  id: string;
  chosen: number;
  branches: Block[][];
}

/** Goes back to its head until the head has had so many rounds in the task. */
export interface LoopBlock {
  kind: 'loop';
  id: string;
  rounds: number;
  body: Block[];
}

export interface SubprocessBlock {
  kind: 'subprocess';
  id: string;
  body: Block[];
}

/** Ids of the nodes that a block brings besides its own. */
export const headOf = (loop: LoopBlock): string => `${loop.id}_head`;
export const convergeOf = (block: ForkBlock | ChoiceBlock): string => `${block.id}_end`;
export const startOf = (owner?: SubprocessBlock): string => (owner ? `${owner.id}_S` : 'S');
export const endOf = (owner?: SubprocessBlock): string => (owner ? `${owner.id}_E` : 'E');

const arbitraries = fc.letrec<{ block: Block; blocks: Block[] }>((tie) => {
  const activity = fc.record<ActivityBlock>({
    kind: fc.constant('activity'),
    id: fc.constant(''),
    work: fc.constantFrom('done', 'timer', 'callback', 'plugin', 'plugin', 'plugin', 'rounds', 'rounds'),
    ignorable: fc.nat(3).map((draw) => draw === 0),
    autoRetries: fc.nat(5).map((draw) => Math.max(0, draw - 3)),
    rounds: fc.nat(5).map((draw) => Math.max(0, draw - 3)),
    failSkip: fc.boolean(),
  });
  const branch = fc.record({ holds: fc.boolean(), blocks: tie('blocks') });
  const fork = fc.record<ForkBlock>({
    kind: fc.constant('fork'),
    id: fc.constant(''),
    isConditional: fc.boolean(),
    branches: fc.array(branch, { minLength: 2, maxLength: 3 }),
  });
  const choice = fc.record<ChoiceBlock>({
    kind: fc.constant('choice'),
    id: fc.constant(''),
    chosen: fc.integer({ min: -1, max: 1 }),
    branches: fc.array(tie('blocks'), { minLength: 2, maxLength: 2 }),
  });
  const loop = fc.record<LoopBlock>({
    kind: fc.constant('loop'),
    id: fc.constant(''),
    rounds: fc.integer({ min: 1, max: 3 }),
    body: tie('blocks'),
  });
  const subprocess = fc.record<SubprocessBlock>({
    kind: fc.constant('subprocess'),
    id: fc.constant(''),
    body: tie('blocks'),
  });
  return {
    block: fc.oneof({ maxDepth: 3, depthSize: 'small' }, activity, fork, choice, loop, subprocess),
    blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3 }),
  };
});

/** A random task: a line of blocks, with ids. */
export const randomBlocks: fc.Arbitrary<Block[]> = arbitraries.blocks.map(numbered);

/** The same with timeouts here and there. */
export const randomBlocksWithTimeouts: fc.Arbitrary<Block[]> = fc
  .tuple(arbitraries.blocks, fc.integer())
  .map(([blocks, draw]) => numbered(blocks, draw));

/** Gives every block an id of its own; with a draw, some activities get a timeout. */
function numbered(blocks: Block[], timeouts?: number): Block[] {
  let last = 0;
  const name = (block: Block): Block => {
    last += 1;
    const id = `${block.kind[0]}${last}`;
    switch (block.kind) {
      case 'activity':
        return { ...block, id, hasTimeout: timeouts !== undefined && (timeouts + last) % 3 === 0 };
      case 'fork':
        return {
          ...block,
          id,
          branches: block.branches.map(({ holds, blocks }) => ({ holds, blocks: blocks.map(name) })),
        };
      case 'choice':
        return { ...block, id, branches: block.branches.map((blocks) => blocks.map(name)) };
      case 'loop':
      case 'subprocess':
        return { ...block, id, body: block.body.map(name) };
      default:
        return block satisfies never;
    }
  };
  return blocks.map(name);
}

/**
 * Draws the tree of the blocks, as compilation takes it. Nested as they are, some are more than the matching rules of
 * gateways allow (bk-sops §2.4); the machine has to run them all the same.
 */
export function draw(blocks: Block[]): PipelineTree {
  const drawing: Required<TreeSketch> = { chains: [], activities: {}, gateways: {}, constants: {}, outputs: [] };
  drawLine(drawing, 'S', blocks, 'E');
  return sketch(drawing);
}

/** Draws blocks in a line between two nodes that are there. */
function drawLine(drawing: Required<TreeSketch>, from: string, blocks: Block[], to: string): void {
  let last = from;
  for (const block of blocks) {
    connect(drawing, last, entryOf(block));
    last = drawBlock(drawing, block);
  }
  connect(drawing, last, to);
}

function connect(drawing: Required<TreeSketch>, from: string, to: string): void {
  drawing.chains.push(`${from} ${to}`);
  // The way on from the end of a loop is known now.
  const fallback = drawing.gateways[from]?.default_condition;
  if (fallback) fallback.flow_id = `${from}_${to}`;
}

function entryOf(block: Block): string {
  return block.kind === 'loop' ? headOf(block) : block.id;
}

/** Draws a block and returns the node that leads out of it. */
function drawBlock(drawing: Required<TreeSketch>, block: Block): string {
  switch (block.kind) {
    case 'activity':
      drawing.activities[block.id] = activityOf(block);
      return block.id;
    case 'subprocess': {
      const text = JSON.stringify(draw(block.body))
        .replaceAll('"S"', `"${startOf(block)}"`)
        .replaceAll('"E"', `"${endOf(block)}"`);
      drawing.activities[block.id] = { type: 'SubProcess', pipeline: JSON.parse(text) } as Partial<SubProcess>;
      return block.id;
    }
    case 'fork':
    case 'choice': {
      const branches = block.kind === 'fork' ? block.branches.map(({ blocks }) => blocks) : block.branches;
      for (const blocks of branches) drawLine(drawing, block.id, blocks, convergeOf(block));
      drawing.gateways[block.id] = gatewayOf(block, branches);
      drawing.gateways[convergeOf(block)] = { type: 'ConvergeGateway' };
      return convergeOf(block);
    }
    case 'loop': {
      const head = headOf(block);
      drawing.activities[head] = {};
      drawing.constants[`${block.id}_round`] = {
        source_type: 'component_outputs',
        source_info: { [head]: ['_loop'] },
      };
      drawLine(drawing, head, block.body, block.id);
      drawing.chains.push(`${block.id} ${head}`);
      const again = { evaluate: `\${${block.id}_round} < ${block.rounds}` };
      drawing.gateways[block.id] = {
        type: 'ExclusiveGateway',
        conditions: { [`${block.id}_${head}`]: again },
        default_condition: { flow_id: '' },
      };
      return block.id;
    }
    default:
      return block satisfies never;
  }
}

const CODES = { done: 'bk_display', timer: 'sleep_timer', callback: 'pause_node', plugin: 'work', rounds: 'rounds' };

function activityOf({ work, ignorable, autoRetries, rounds, failSkip, hasTimeout }: ActivityBlock) {
  return {
    code: CODES[work],
    ...(work === 'timer' ? { inputs: { bk_timing: '7' } } : {}),
    error_ignorable: ignorable,
    auto_retry: { enable: autoRetries > 0, times: autoRetries, interval: 1 },
    loop_config: { enable: rounds > 0, loop_times: rounds, fail_skip: failSkip },
    timeout_config: { enable: hasTimeout === true, seconds: 5, action: 'forced_fail' as const },
  };
}

function gatewayOf(block: ForkBlock | ChoiceBlock, branches: Block[][]): NonNullable<TreeSketch['gateways']>[string] {
  const converge_gateway_id = convergeOf(block);
  if (block.kind === 'fork' && !block.isConditional) return { type: 'ParallelGateway', converge_gateway_id };
  const holds = (index: number) => (block.kind === 'fork' ? block.branches[index]!.holds : block.chosen === index);
  const conditions = branches.map((blocks, index) => {
    return [flowInto(block, blocks), { evaluate: holds(index) ? '1 == 1' : '1 == 2' }] as const;
  });
  const type = block.kind === 'fork' ? 'ConditionalParallelGateway' : 'ExclusiveGateway';
  return { type, converge_gateway_id, conditions: Object.fromEntries(conditions) };
}

/** The flow from a gateway into one of its branches. */
export function flowInto(gateway: ForkBlock | ChoiceBlock, branch: Block[]): string {
  return `${gateway.id}_${entryOf(branch[0]!)}`;
}
