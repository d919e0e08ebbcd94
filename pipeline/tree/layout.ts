import { buildGraph, type Graph, type GraphNode } from './graph';
import { traverse } from './traversal';
import type { Line, Location, PipelineTree } from './types';

const CANVAS_WIDTH = 1300;
const ACTIVITY = { width: 150, height: 54 };
const EVENT = { width: 44, height: 44 };
const GATEWAY = { width: 34, height: 34 };
/**
 * The start event's corner is at (60, 100) (bk-sops §1.9); it stands in the middle of a cell as large as an activity.
 */
const ORIGIN = { x: 60 - (ACTIVITY.width - EVENT.width) / 2, y: 100 - (ACTIVITY.height - EVENT.height) / 2 };
const COLUMN_WIDTH = ACTIVITY.width + 50;
const LANE_HEIGHT = ACTIVITY.height + 46;
const COLUMNS = Math.floor((CANVAS_WIDTH - ORIGIN.x) / COLUMN_WIDTH);

const SHAPES = new Map([
  ['EmptyStartEvent', { type: 'startpoint', size: EVENT }],
  ['EmptyEndEvent', { type: 'endpoint', size: EVENT }],
  ['ServiceActivity', { type: 'tasknode', size: ACTIVITY }],
  ['SubProcess', { type: 'subflow', size: ACTIVITY }],
  ['ExclusiveGateway', { type: 'branchgateway', size: GATEWAY }],
  ['ParallelGateway', { type: 'parallelgateway', size: GATEWAY }],
  ['ConditionalParallelGateway', { type: 'conditionalparallelgateway', size: GATEWAY }],
  ['ConvergeGateway', { type: 'convergegateway', size: GATEWAY }],
]);

/** Where a node stands: its distance from the start, and its lane below the main line. */
interface Cell {
  rank: number;
  lane: number;
}

/**
 * Draws one tree, not the trees nested in it (bk-sops §1.9): a column for each distance from the start, a lane for each
 * branch, and a new band of columns below when the canvas is full. Flows that lead back run over the top.
 */
export function layoutTree(tree: PipelineTree): { location: Location[]; line: Line[] } {
  const { graph } = buildGraph(tree);
  if (!graph) return { location: [], line: [] };
  const cells = placeNodes(graph);
  const bandTops = stackBands(cells);

  const location = graph.nodes.map((node, index): Location => {
    const { rank, lane } = cells[index]!;
    const { type, size } = SHAPES.get(node.type) ?? SHAPES.get('ServiceActivity')!;
    const x = ORIGIN.x + (rank % COLUMNS) * COLUMN_WIDTH + (ACTIVITY.width - size.width) / 2;
    const y = bandTops[bandOf(rank)]! + lane * LANE_HEIGHT + (ACTIVITY.height - size.height) / 2;
    return { id: node.id, type, x, y, ...captions(tree, node) };
  });
  const indexes = new Map(graph.nodes.map(({ id }, index) => [id, index]));
  const line = Object.entries(tree.flows).flatMap(([id, { source, target }]): Line[] => {
    const from = cells[indexes.get(source) ?? -1];
    const to = cells[indexes.get(target) ?? -1];
    if (!from || !to) return [];
    const [leaves, enters] = arrows(from, to);
    return [{ id, source: { id: source, arrow: leaves }, target: { id: target, arrow: enters } }];
  });
  return { location, line };
}

/** The longest way gives the column; in a column, nodes keep to the lane of what leads to them, or the next free one below. */
function placeNodes(graph: Graph): Cell[] {
  const { order, distance } = traverse(graph);
  const ranks: number[][] = [];
  for (const node of order) {
    const rank = distance[node]!;
    ranks[rank] ??= [];
    ranks[rank].push(node);
  }
  const wish = new Int32Array(graph.nodes.length).fill(-1);
  const turn = new Int32Array(graph.nodes.length);
  let turns = 0;
  const cells = graph.nodes.map((): Cell => ({ rank: 0, lane: 0 }));
  ranks.forEach((column, rank) => {
    column.sort((a, b) => wish[a]! - wish[b]! || turn[a]! - turn[b]!);
    let free = 0;
    for (const node of column) {
      const lane = Math.max(free, wish[node]!, 0);
      free = lane + 1;
      cells[node] = { rank, lane };
      for (const target of graph.nodes[node]!.targets) {
        if (distance[target]! <= rank) continue;
        // Branches of one gateway keep the order of its outgoing flows.
        if (wish[target] === -1) turn[target] = turns++;
        // The uppermost branch wins, so a converge returns to the line of its gateway.
        if (wish[target] === -1 || wish[target]! > lane) wish[target] = lane;
      }
    }
  });
  return cells;
}

function bandOf(rank: number): number {
  return Math.floor(rank / COLUMNS);
}

/** The upper edge of each band: bands are as high as their longest column. */
function stackBands(cells: Cell[]): number[] {
  const lanes: number[] = [];
  for (const { rank, lane } of cells) {
    const band = bandOf(rank);
    lanes[band] = Math.max(lanes[band] ?? 0, lane + 1);
  }
  let top = ORIGIN.y;
  return lanes.map((count) => {
    const own = top;
    top += count * LANE_HEIGHT;
    return own;
  });
}

function captions(tree: PipelineTree, { id, type }: GraphNode): { name?: string; stage_name?: string } {
  const activity = type === 'ServiceActivity' || type === 'SubProcess' ? tree.activities[id] : undefined;
  return activity ? { name: activity.name, stage_name: activity.stage_name ?? '' } : {};
}

function arrows(from: Cell, to: Cell): [leaves: string, enters: string] {
  if (to.rank <= from.rank) return ['Top', 'Top'];
  if (bandOf(to.rank) !== bandOf(from.rank)) return ['Bottom', 'Top'];
  return ['Right', 'Left'];
}
