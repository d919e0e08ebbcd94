import type { StatusNode, TreeView } from './client';

/** One activity as shown: where it stands in the tree, what it is called, how it is. */
export interface ProgressLine {
  id: string;
  /** 0 for the task's own activities, 1 inside a subprocess, and so on. */
  depth: number;
  name: string;
  /** The component's code, or the node's type. */
  kind: string;
  /** The API's state; `READY` as long as the API knows none. */
  state: string;
  elapsedSeconds: number;
  note: string;
}

const MARKS: Record<string, string> = {
  READY: '·',
  CREATED: '·',
  RUNNING: '▶',
  FINISHED: '✔',
  FAILED: '✖',
  SUSPENDED: '‖',
  NODE_SUSPENDED: '‖',
  REVOKED: '■',
};

/** One line per activity in the order of the flows, those of a subprocess below it. */
export function linesOf(tree: TreeView, status: StatusNode, depth = 0): ProgressLine[] {
  return activityOrder(tree).flatMap((id) => {
    const activity = tree.activities[id];
    if (!activity) return [];
    const node = status.children[id];
    const line: ProgressLine = {
      id,
      depth,
      name: printable(activity.name || id),
      kind: printable(activity.component?.code ?? activity.type ?? ''),
      state: node?.state ?? 'READY',
      elapsedSeconds: node?.elapsedSeconds ?? 0,
      note: noteOf(node),
    };
    const inner = activity.pipeline ? linesOf(activity.pipeline, node ?? NOTHING, depth + 1) : [];
    return [line, ...inner];
  });
}

/** The line as text, without a line end. */
export function textOf(line: ProgressLine): string {
  const indent = '  '.repeat(line.depth + 1);
  const seconds = line.state === 'READY' || line.state === 'CREATED' ? '' : ` ${line.elapsedSeconds} s`;
  return `${indent}${MARKS[line.state] ?? '?'} ${line.name} (${line.kind}) ${line.state}${seconds}${line.note}`;
}

const NOTHING: StatusNode = { state: 'READY', elapsedSeconds: 0, retry: 0, skip: false, children: {} };

function noteOf(node: StatusNode | undefined): string {
  if (!node) return '';
  const retries = node.retry > 0 ? `, retry ${node.retry}` : '';
  return node.skip ? `${retries}, skipped` : retries;
}

/** Breadth first from the start event; what no flow reaches comes last. */
function activityOrder(tree: TreeView): string[] {
  const next = new Map<string, string[]>();
  for (const { source, target } of Object.values(tree.flows ?? {})) {
    next.set(source, [...(next.get(source) ?? []), target]);
  }
  const seen = new Set<string>([tree.start_event.id]);
  for (const id of seen) for (const target of next.get(id) ?? []) seen.add(target); // A Set grows while it is walked.
  for (const id of Object.keys(tree.activities)) seen.add(id);
  return [...seen].filter((id) => id in tree.activities);
}

/** Names come from whoever made the task: no control characters get to the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
