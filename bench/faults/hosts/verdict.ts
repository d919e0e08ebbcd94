import type { HostRun } from './on-hosts';
import type { Rows, RunRow } from './rows';
import { mayEndWith, saidOn } from './scripts';
import type { HostNode, HostTask } from './tasks';

/** What is wrong with what became of a round. */
export interface Problem {
  kind: 'doubled' | 'missing' | 'lost' | 'log' | 'folder' | 'row' | 'counter' | 'state' | 'stuck' | 'process';
  text: string;
}

/** What is known of a round once all of it has had the time to end. */
export interface Happened {
  tasks: readonly HostTask[];
  rows: Rows;
  /** The ids of hosts, by number. */
  hostIds: readonly number[];
  /** What hosts say of runs, by key. */
  onHosts: ReadonlyMap<string, HostRun>;
  /** Numbers of hosts that nothing came to for a while. */
  away: ReadonlySet<number>;
  rebooted: ReadonlySet<number>;
  /** Keys of runs whose supervisor was killed. */
  killed: ReadonlySet<string>;
}

/** What may be in the folder of a run that has ended: of one that was forgotten the first two. */
const KEPT_FILES = new Set(['claim', 'end', 'log', 'script', 'sup', 'pid', 'timeout', 'cancelled']);
/** A line that a shell says of itself when what it waits for is ended; it may come to a few more before it is ended too. */
const LAST_WORDS = /^[^\n]*\b(?:Terminated|Killed)\b[^\n]*\n/gm;

/** Judges a round by its rows and by what its hosts say; nothing of it may be under way any more. */
export function judge(happened: Happened): Problem[] {
  const { tasks, rows, onHosts } = happened;
  const problems: Problem[] = [];
  const known = new Set(rows.runs.map(({ key }) => key));
  for (const [key, { begun, claim }] of onHosts) {
    const isOfRound = tasks.some(({ id }) => key.startsWith(`${id}-`));
    if (isOfRound && !known.has(key) && (begun > 0 || claim !== '')) {
      problems.push({ kind: 'doubled', text: `${key} has begun, and no row says so` });
    }
  }
  for (const row of rows.runs) {
    if (row.fromRun === null) problems.push(...judgeRun(row, nodeOf(row, tasks), happened));
    else problems.push(...judgeKept(row, row.fromRun, happened));
  }
  for (const text of rows.open) problems.push({ kind: 'stuck', text });
  for (const { taskId, nodeId, attempt, failed, failedRows } of rows.steps) {
    if (failed === failedRows) continue;
    const text = `task ${taskId}, node ${nodeId}, attempt ${attempt}: ${failed} failed by the counter, ${failedRows} by the rows`;
    problems.push({ kind: 'counter', text });
  }
  for (const task of tasks) problems.push(...judgeTask(task, rows));
  return problems;
}

function judgeRun(row: RunRow, { task, node }: { task: HostTask; node: HostNode }, happened: Happened): Problem[] {
  const host = happened.hostIds.indexOf(row.hostId);
  const seen = happened.onHosts.get(row.key);
  const begun = seen?.begun ?? 0;
  const [holder = ''] = seen?.claim.split(' ') ?? [];
  const problems: Problem[] = [];
  const say = (kind: Problem['kind'], text: string) =>
    problems.push({ kind, text: `${task.kind} ${row.key} on host ${host} is ${row.status} (${row.reason}): ${text}` });
  if (begun > 1) say('doubled', `its script began ${begun} times`);
  const mayBe = WHAT_HOSTS_SAY[row.status];
  const said = stateOnHost(seen);
  if (!mayBe) say('stuck', `on the host it is ${said}`);
  else if (!mayBe.includes(said) && !isEndedAsOrphan(row, seen, happened))
    say(said === 'lost' || row.status === 'lost' ? 'lost' : 'row', `the host says ${said}`);
  const isStopped = task.kind === 'stopped' || task.kind === 'forced';
  const whole = saidOn(host, node.talk);
  switch (row.status) {
    case 'ok':
    case 'failed': {
      const [code, why] = seen?.end.split(' ') ?? [];
      const isTimedOut = why === 'timeout';
      if (isTimedOut ? task.kind !== 'timeout' : why !== 'exit') say('row', `on the host it ended by ${why}`);
      if (begun === 0 && !isTimedOut) say('missing', 'its script never began');
      if (String(row.exitCode) !== code) say('row', `its exit code is ${row.exitCode}, and the host says ${code}`);
      if (!isTimedOut && !mayEndWith(host, node.talk).includes(row.exitCode ?? -1)) {
        say('row', `its exit code is ${row.exitCode}`);
      }
      if (isTimedOut ? !isBeginning(row.log, whole) : !row.log.equals(whole)) say('log', different(row.log, whole));
      break;
    }
    case 'cancelled':
      if (!isStopped) say('row', 'nobody has stopped it');
      if (holder === 'cancelled' && begun > 0) say('doubled', 'its script began after it was cancelled');
      break;
    case 'lost':
      if (!happened.rebooted.has(host) && !happened.killed.has(row.key)) say('lost', 'nothing has happened to it');
      break;
    case 'unreachable':
      if (!happened.away.has(host) && !happened.rebooted.has(host)) say('row', 'nothing has happened to its host');
      break;
    case 'not_run':
      if (!isStopped && node.maxFailed === null) say('row', 'all of its hosts were to be run on');
      break;
  }
  if (!isBeginning(row.log, whole) && problems.every(({ kind }) => kind !== 'log')) {
    say('log', different(row.log, whole));
  }
  if (!row.isSeamless || row.log.length !== row.logBytes) {
    say('log', `its pieces have ${row.log.length} bytes, and ${row.logBytes} are counted`);
  }
  const [, , , , , endBytes] = seen?.end.split(' ') ?? [];
  if (endBytes !== undefined && row.status !== 'cancelled' && row.readBytes !== Number(endBytes)) {
    say('log', `${row.readBytes} bytes of its log were read, and it had ${endBytes}`);
  }
  const odd = (seen?.files ?? []).filter((file) => !KEPT_FILES.has(file));
  if (odd.length > 0) say('folder', `in its folder there is ${odd.join(', ')}`);
  return problems;
}

/** A row of a host that a retry does not run on: it stands as it stood, and nothing of it is on the host. */
function judgeKept(row: RunRow, fromRun: string, { rows, onHosts }: Happened): Problem[] {
  const problems: Problem[] = [];
  const say = (kind: Problem['kind'], text: string) =>
    problems.push({ kind, text: `${row.key} is ${row.status} (${row.reason}): ${text}` });
  const kept = rows.runs.find(({ id }) => id === fromRun);
  const wanted = row.status === 'skipped' ? 'ok' : row.status;
  if (kept?.status !== wanted) say('row', `the run that it keeps is ${kept?.status ?? 'not there'}`);
  const said = stateOnHost(onHosts.get(row.key));
  if (said !== 'none') say('doubled', `the host says ${said}`);
  if (row.logBytes > 0) say('log', `${row.logBytes} bytes are counted`);
  return problems;
}

type StateOnHost = 'none' | 'ended' | 'cancelled' | 'lost';

/** By the status of a row, what the host may say of it; of the others something is still to come. */
const WHAT_HOSTS_SAY: Readonly<Record<string, readonly StateOnHost[]>> = {
  ok: ['ended'],
  failed: ['ended'],
  cancelled: ['ended', 'cancelled'],
  lost: ['lost'],
  unreachable: ['none'],
  not_run: ['none'],
};

/**
 * Whether a run whose supervisor was killed was then cancelled, by two at once: of these, one may hear that it is lost before
 * the other one has written that it is over. How it ended nobody knows either way.
 */
function isEndedAsOrphan({ status, key }: RunRow, seen: HostRun | undefined, { killed }: Happened): boolean {
  return status === 'lost' && killed.has(key) && seen?.end.startsWith('- cancelled ') === true;
}

/** A run that was claimed and has no end is lost once nothing of it lives any more. */
function stateOnHost(seen: HostRun | undefined): StateOnHost {
  if (!seen?.claim) return 'none';
  if (seen.claim.startsWith('cancelled ')) return 'cancelled';
  return seen.end === '' ? 'lost' : 'ended';
}

function judgeTask(task: HostTask, rows: Rows): Problem[] {
  const state = rows.states.get(task.id) ?? 'gone';
  const say = (text: string): Problem[] => [
    { kind: 'state', text: `${task.kind} task ${task.id} is ${state}: ${text}` },
  ];
  const problems: Problem[] = [];
  const hasFailed: string[] = [];
  for (const { id, hosts, maxFailed, concurrency } of task.nodes) {
    const runs = rows.runs.filter(({ taskId, nodeId }) => taskId === task.id && nodeId === id);
    const last = runs.filter(({ attempt }) => attempt === Math.max(...runs.map((run) => run.attempt)));
    const failed = last.filter(({ status }) => FAILURES.includes(status)).length;
    if (failed > (maxFailed ?? 0)) hasFailed.push(id);
    if (maxFailed !== null && failed > maxFailed + concurrency)
      problems.push(...say(`${failed} hosts of ${id} failed`));
    if (state === 'FINISHED' && last.length !== hosts.length) {
      problems.push(...say(`${id} has ${last.length} rows, and is for ${hosts.length} hosts`));
    }
  }
  const wanted =
    task.kind === 'stopped' ? 'REVOKED' : hasFailed.length > 0 || task.kind === 'forced' ? 'FAILED' : 'FINISHED';
  if (state !== wanted) problems.push(...say(`it has to be ${wanted}`));
  return problems;
}

const FAILURES = ['failed', 'unreachable', 'lost', 'cancelled'];

function nodeOf({ taskId, nodeId }: RunRow, tasks: readonly HostTask[]): { task: HostTask; node: HostNode } {
  const task = tasks.find(({ id }) => id === taskId)!;
  return { task, node: task.nodes.find(({ id }) => id === nodeId)! };
}

/** Whether a log is what was written up to some place, but for the last words of the shell. */
function isBeginning(log: Buffer, said: Buffer): boolean {
  const own = Buffer.from(log.toString('latin1').replace(LAST_WORDS, ''), 'latin1');
  return commonBytes(own, said) === own.length;
}

function commonBytes(a: Buffer, b: Buffer): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function different(log: Buffer, said: Buffer): string {
  const at = commonBytes(log, said);
  const around = (bytes: Buffer) => JSON.stringify(bytes.subarray(Math.max(0, at - 40), at + 60).toString('latin1'));
  return `its log has ${log.length} bytes, ${said.length} were written, and from ${at} on they differ: ${around(log)} for ${around(said)}`;
}
