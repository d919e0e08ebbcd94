import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusNode, TreeView } from './client';
import { linesOf, type ProgressLine, textOf } from './progress-lines';

const POLL_MS = 300;
/** States in which a task does not go on by itself. */
const RESTING = new Set(['FINISHED', 'REVOKED', 'FAILED', 'EXPIRED']);

/** Where progress is drawn: process.stdout, or a stand-in. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  write(text: string): unknown;
}

/**
 * Draws a task's progress until it rests: on a terminal one line per activity redrawn in place, elsewhere one appended line
 * per change.
 *
 * @param poll asks for the task's status, e.g. `() => client.getTaskStatus(id, project)`
 * @param tree the created tree, with the ids that the status uses
 * @returns the task's state when it rests: FINISHED, REVOKED, FAILED or EXPIRED
 * @throws what `poll` throws; the abort's reason when `signal` is aborted
 */
export async function drawProgress(options: {
  poll: () => Promise<StatusNode>;
  tree: TreeView;
  screen?: Screen;
  signal?: AbortSignal;
}): Promise<string> {
  const screen = options.screen ?? process.stdout;
  const draw = screen.isTTY ? redrawer(screen) : appender(screen);
  for (;;) {
    const status = await options.poll();
    draw(linesOf(options.tree, status));
    if (RESTING.has(status.state)) return status.state;
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

function appender(screen: Screen): (lines: ProgressLine[]) => void {
  const shown = new Map<string, string>();
  return function append(lines) {
    for (const line of lines) {
      const now = `${line.state}${line.note}`;
      if ((shown.get(line.id) ?? 'READY') === now) continue;
      shown.set(line.id, now);
      screen.write(`${textOf(line)}\n`);
    }
  };
}

function redrawer(screen: Screen): (lines: ProgressLine[]) => void {
  let drawn = 0;
  return function redraw(lines) {
    const texts = visibleTexts(lines, screen).map((text) => [...text].slice(0, (screen.columns || 80) - 1).join(''));
    const back = drawn > 0 ? `\x1b[${drawn}A\x1b[J` : '';
    screen.write(`${back}${texts.map((text) => `${text}\n`).join('')}`);
    drawn = texts.length;
  };
}

/** What is above the screen's edge cannot be redrawn: a long task shows what moves, and counts the rest. */
function visibleTexts(lines: ProgressLine[], screen: Screen): string[] {
  const room = Math.max((screen.rows || 24) - 3, 5);
  if (lines.length <= room) return lines.map(textOf);
  const moving = lines.filter(({ state }) => state !== 'FINISHED' && state !== 'READY');
  const finished = lines.filter(({ state }) => state === 'FINISHED').length;
  return [...moving.slice(0, room - 1).map(textOf), `  ${finished} of ${lines.length} activities finished`];
}
