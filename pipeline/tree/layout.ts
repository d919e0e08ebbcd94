import type { Line, Location, PipelineTree } from './types';

/** Sizes and places in pixels (spec 1.9). */
const CANVAS_WIDTH = 1300;
const START = { x: 60, y: 100 };
const ACTIVITY = { width: 150, height: 54 };
const COLUMN_WIDTH = 200;
const ROW_HEIGHT = 90;
const SIZES: Record<string, { width: number; height: number }> = {
  startpoint: { width: 44, height: 44 },
  endpoint: { width: 44, height: 44 },
  tasknode: ACTIVITY,
  subflow: ACTIVITY,
};
const GATEWAY = { width: 34, height: 34 };
const COLUMNS = Math.floor((CANVAS_WIDTH - START.x) / COLUMN_WIDTH);

type Placed = Omit<Location, 'x' | 'y'>;

/**
 * Draws a tree: columns by distance from the start, rows in the order of branches, wrapped at the canvas's width.
 * Linear in the size of the tree; flows that lead back are lines like any other.
 */
export function layoutTree(tree: PipelineTree): { location: Location[]; line: Line[] } {
  const columns = columnsOf(tree);
  const rows: number[] = [];
  const places = [...placesOf(tree)].map((place) => {
    const column = columns.get(place.id) ?? 0;
    const row = rows[column] ?? 0;
    rows[column] = row + 1;
    return { place, column, row };
  });
  const bandRows = bandHeights(rows);
  const location = places.map(({ place, column, row }): Location => {
    const { width, height } = SIZES[place.type] ?? GATEWAY;
    const band = Math.floor(column / COLUMNS);
    // Elements stand on the middle lines of their column and row.
    const x = START.x + (column % COLUMNS) * COLUMN_WIDTH + ((ACTIVITY.width - width) / 2) * (column === 0 ? 0 : 1);
    const y =
      START.y +
      (bandRows[band]! + row) * ROW_HEIGHT +
      (place.id === tree.start_event.id ? 0 : (SIZES.startpoint!.height - height) / 2);
    return { ...place, x, y };
  });
  const line = Object.values(tree.flows).map(({ id, source, target }) => ({
    id,
    source: { id: source, arrow: 'Right' },
    target: { id: target, arrow: 'Left' },
  }));
  return { location, line };
}

/** Columns by breadth-first distance from the start. */
function columnsOf(tree: PipelineTree): Map<string, number> {
  const columns = new Map([[tree.start_event.id, 0]]);
  const targets = new Map<string, string[]>();
  for (const { source, target } of Object.values(tree.flows)) {
    const known = targets.get(source);
    if (known) known.push(target);
    else targets.set(source, [target]);
  }
  const queue = [tree.start_event.id];
  for (let at = 0; at < queue.length; at++) {
    for (const target of targets.get(queue[at]!) ?? []) {
      if (columns.has(target)) continue;
      columns.set(target, columns.get(queue[at]!)! + 1);
      queue.push(target);
    }
  }
  return columns;
}

/** First row of every band of columns: a band is as high as its fullest column. */
function bandHeights(rows: number[]): number[] {
  const starts = [0];
  for (let band = 0; band * COLUMNS < rows.length; band++) {
    const height = Math.max(...rows.slice(band * COLUMNS, (band + 1) * COLUMNS).map((count) => count ?? 0));
    starts.push(starts[band]! + height);
  }
  return starts;
}

function* placesOf(tree: PipelineTree): Iterable<Placed> {
  yield { id: tree.start_event.id, type: 'startpoint' };
  for (const { id, type, name, stage_name = '' } of Object.values(tree.activities)) {
    yield { id, type: type === 'SubProcess' ? 'subflow' : 'tasknode', name, stage_name };
  }
  for (const { id, type, name } of Object.values(tree.gateways)) {
    yield { id, name, type: type === 'ExclusiveGateway' ? 'branchgateway' : type.toLowerCase() };
  }
  yield { id: tree.end_event.id, type: 'endpoint' };
}
