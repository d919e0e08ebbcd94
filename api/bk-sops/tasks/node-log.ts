import { GantryError } from '../../../base/error';
import { type Attempt, readAttempts } from '../../../tasks/view/attempts';
import { type HostOutput, readHostOutput, type StepOutput } from '../../../tasks/view/host-output';
import type { Call } from '../endpoint';
import { type TimeFormatter, timeFormatter } from '../format';
import { versionOf } from '../state-tree';

/**
 * What is known of an attempt, line by line: a line for every change of its state, and what hosts have written in it.
 *
 * @param version of the attempt; absent: the newest
 * @throws GantryError `invalid` when the node has no such attempt
 */
export async function readNodeLog(
  { services, project }: Call,
  { taskId, nodeId, version }: { taskId: number; nodeId: string; version?: string | undefined },
): Promise<string[]> {
  const attempts = await readAttempts(services.db, taskId, nodeId);
  const attempt = attemptOf(attempts, { taskId, nodeId, version });
  const { loop, retry } = attempt;
  const output = await readHostOutput(services.db, { taskId, nodeId, loop, retry });
  return [...stateLines(attempt, timeFormatter(project)), ...outputLines(output, project.id)];
}

/**
 * What hosts have written in the newest attempt of a node, line by line.
 *
 * @param address only hosts with this one
 * @throws GantryError `invalid` when the node has no attempt
 */
export async function readExecutedLog(
  { services, project }: Call,
  { taskId, nodeId, address }: { taskId: number; nodeId: string; address?: string | undefined },
): Promise<string[]> {
  const attempts = await readAttempts(services.db, taskId, nodeId);
  const { loop, retry } = attemptOf(attempts, { taskId, nodeId });
  const output = await readHostOutput(services.db, { taskId, nodeId, loop, retry }, address);
  return outputLines(output, project.id);
}

function attemptOf(
  attempts: readonly Attempt[],
  { taskId, nodeId, version }: { taskId: number; nodeId: string; version?: string | undefined },
): Attempt {
  const found =
    version === undefined
      ? attempts.at(-1)
      : attempts.find(({ loop, retry }) => versionOf(taskId, nodeId, loop, retry) === version);
  if (found) return found;
  const what = version === undefined ? 'has not been executed' : `has no version ${version}`;
  throw new GantryError('invalid', `node[node_id=${nodeId}] of task[id=${taskId}] ${what}`);
}

function stateLines(attempt: Attempt, format: TimeFormatter): string[] {
  const line = (at: Date | null, text: string) => (at ? [`[${format(at)}] ${text}`] : []);
  const round = `round ${attempt.loop}, attempt ${attempt.retry + 1}`;
  return [
    ...line(attempt.startedAt, `RUNNING ${round}`),
    ...(attempt.waitingFor ? [`${attempt.status} waits for ${attempt.waitingFor}`] : []),
    ...line(attempt.finishedAt, `${attempt.status} ${round}${howOf(attempt)}`),
    ...(attempt.error === undefined ? [] : attempt.error.split(/\r?\n/)),
  ];
}

function howOf({ skip, errorIgnored }: Attempt): string {
  if (skip) return ', skipped by an operator';
  return errorIgnored ? ', its failure ignored' : '';
}

function outputLines(steps: readonly StepOutput[], projectId: number): string[] {
  return steps.flatMap(({ stepId, hosts, after }) => [
    ...hosts.flatMap((host) => hostLines(host, projectId)),
    ...(after === null ? [] : [`... more hosts: GET ${pathOf(projectId, stepId)}/runs?after=${after}`]),
  ]);
}

function hostLines({ run, text, leftOut, isDropped, at }: HostOutput, projectId: number): string[] {
  const { address, name, status, exit_code, reason } = run;
  const who = name === '' || name === address ? address : `${name} (${address})`;
  const code = exit_code === null ? '' : `, exit code ${exit_code}`;
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const rest = `${pathOf(projectId, at.stepId)}/runs/${at.place}/log?from=${at.from}`;
  return [
    `=== ${who}: ${status}${code}${reason === '' ? '' : `: ${reason}`}`,
    ...lines,
    ...(isDropped ? [`... ${leftOut} bytes are not kept any more`] : []),
    ...(leftOut > 0 && !isDropped ? [`... ${leftOut} bytes more: GET ${rest}`] : []),
  ];
}

function pathOf(projectId: number, stepId: number): string {
  return `/api/v1/projects/${projectId}/host-steps/${stepId}`;
}
