import { parseArgs } from 'node:util';
import type { ShownRun, ShownStep, ShownTask } from '../api/v1/answers';
import { onlyOne } from './commands';
import { wholeTask } from './follow/poll';
import { labelOf, shownText } from './follow/printer';
import { tableOf } from './table/table';
import { harmless } from './table/width';
import { taskCalled } from './task-called';
import type { V1Client } from './v1/client';
import { allOf } from './v1/list';
import { printJson } from './v1/output';
import { PROJECT_OPTIONS } from './v1/project';

const BAD = ['failed', 'unreachable', 'lost'] as const;
/** Of each step. */
const MAX_FAILURES = 10;

interface Step extends ShownStep {
  failures: ShownRun[];
}

/** `gantry status TASK`: how a task stands, its nodes, and its hosts by step. */
export async function status(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: PROJECT_OPTIONS });
  const { client, project, taskId } = await taskCalled(onlyOne(positionals, 'status', 'TASK'), values.project);
  const task = await wholeTask(client, `${project}/tasks/${taskId}`);
  const listed = await allOf<ShownStep>(client, `${project}/tasks/${taskId}/host-steps`);
  const steps: Step[] = [];
  for (const step of listed) steps.push({ ...step, failures: await failuresOf(client, project, step) });
  if (values.json) {
    const { next_nodes: _, ...shown } = task;
    printJson({ ...shown, host_steps: steps });
  } else process.stdout.write(describe(task, steps));
  return 0;
}

async function failuresOf(client: V1Client, project: string, { id, counts }: ShownStep): Promise<ShownRun[]> {
  const found: ShownRun[] = [];
  for (const status of BAD) {
    const limit = MAX_FAILURES - found.length;
    if (!counts[status] || limit === 0) continue;
    const { items } = await client.get<{ items: ShownRun[] }>(`${project}/host-steps/${id}/runs`, { status, limit });
    found.push(...items);
  }
  return found;
}

function describe(task: ShownTask, steps: readonly Step[]): string {
  const names = new Map(task.nodes.map(({ id, name }) => [id, name]));
  const nodes = task.nodes
    .filter(({ type }) => type === 'activity' || type === 'subprocess')
    .map(({ id, name, state, loop, attempt, waiting_for }) => [id, name, state, loop, attempt, waiting_for ?? '-']);
  const lines = [`task ${task.id} (${harmless(task.name)}) is ${task.state}\n`];
  if (nodes.length > 0) lines.push(tableOf(['NODE', 'NAME', 'STATE', 'LOOP', 'ATTEMPT', 'WAITS FOR'], nodes));
  for (const { id, error } of task.nodes) if (error) lines.push(`\n${harmless(id)}: ${shownText(error)}\n`);
  for (const step of steps) lines.push(...describeStep(step, names.get(step.node_id) ?? ''));
  return lines.join('');
}

function describeStep({ node_id, loop, attempt, total, counts, failures }: Step, name: string): string[] {
  const told = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  const where = `${harmless(name)} (${harmless(node_id)}), round ${loop}, attempt ${attempt}`;
  const shown = failures.map((run) => `  ${labelOf(run)} ${run.status}: ${harmless(run.reason)}\n`);
  return [`\n${where}: ${total} hosts: ${told.join(', ')}\n`, ...shown];
}
