import { setTimeout as delay } from 'node:timers/promises';
import { machinesHere } from '../../machines/here';
import { Dice, seededRandom } from '../../random';
import type { Report } from '../../report';
import { PersistentApi } from '../api';
import { untilWhole } from '../round';
import { hasOuterServers, onOwnStack } from '../scene';
import { BLOWS } from './blows';
import { keepEvidence } from './evidence';
import { processesOn } from './on-hosts';
import { type RoundOutcome, runHostRound } from './round';
import type { Problem } from './verdict';
import { makeKnown, openWorld, type World } from './world';

/** Of the stack, in turn; those of its servers where they are its own. */
const FAULTS_OF_SERVICES = ['worker', 'api'];
const FAULTS_OF_SERVERS = ['temporal', 'postgres', 'all'];
/** What watches a run whose supervisor was killed looks every 30 s whether there is still something to watch. */
const QUIET_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;

interface HostsOptions {
  rounds: number;
  seed: number;
  report: Report;
}

/** What became of all rounds. */
export interface HostsResult {
  seed: number;
  rounds: number;
  tasks: number;
  /** Runs of hosts, by status. */
  runs: Record<string, number>;
  /** Scripts that have begun, by what the hosts say. */
  begun: number;
  /** Problems by kind. */
  wrong: Partial<Record<Problem['kind'], number>>;
  problems: string[];
  /** Folders in which what there is to know of rounds with problems was kept. */
  evidence: string[];
}

/** Breaks a stack, its hosts and what it does on them, and judges by rows and by what the hosts say what became of it. */
export async function breakHosts({ rounds, seed, report }: HostsOptions): Promise<HostsResult> {
  const { kind, why } = machinesHere();
  const faults = hasOuterServers() ? FAULTS_OF_SERVICES : [...FAULTS_OF_SERVICES, ...FAULTS_OF_SERVERS];
  const result: HostsResult = {
    seed,
    rounds: 0,
    tasks: 0,
    runs: {},
    begun: 0,
    wrong: {},
    problems: [],
    evidence: [],
  };
  if (kind !== 'namespaces') {
    report.line(`hosts: left out, because it needs hosts that can be cut off and rebooted: ${why}`);
    return result;
  }
  await onOwnStack({ beside: openWorld }, async (scene, world) => {
    const api = new PersistentApi(scene.stack.urls, scene.stack.credentials);
    const hostIds = await makeKnown(world, api);
    for (let number = 1; number <= rounds; number++) {
      const fault = faults[(number - 1) % faults.length]!;
      const blow = BLOWS[(number - 1) % BLOWS.length]!;
      const plan = { number, fault, blow, dice: new Dice(seededRandom(seed * 1_000_003 + number)) };
      const outcome = await runHostRound(scene, { api, world, hostIds }, plan);
      add(result, outcome);
      tell(`hosts ${number}/${rounds}, ${fault} and ${blow}`, outcome);
      if (outcome.problems.length > 0) result.evidence.push(keepEvidence(scene, plan, outcome));
      await untilWhole(scene.stack);
    }
    for (const text of await stillRunning(world)) note(result, { kind: 'process', text });
  });
  judge(report, result);
  return result;
}

function add(result: HostsResult, { tasks, rows, onHosts, problems }: RoundOutcome): void {
  result.rounds += 1;
  result.tasks += tasks.length;
  for (const { status, key } of rows.runs) {
    result.runs[status] = (result.runs[status] ?? 0) + 1;
    result.begun += onHosts.get(key)?.begun ?? 0;
  }
  for (const problem of problems) note(result, problem);
}

function note(result: HostsResult, { kind, text }: Problem): void {
  result.wrong[kind] = (result.wrong[kind] ?? 0) + 1;
  result.problems.push(`${kind}: ${text}`);
}

function tell(round: string, { tasks, rows, hit, problems }: RoundOutcome): void {
  const lost = rows.runs.filter(({ status }) => status === 'lost').length;
  const done = `${tasks.length} tasks, ${rows.runs.length} runs of hosts, ${lost} lost`;
  const hits = [`${hit.away.size} hosts away`, `${hit.killed.size} supervisors killed`].join(', ');
  process.stdout.write(`${round}: ${done}; ${hits}\n`);
  for (const { kind, text } of problems) process.stdout.write(`  ${kind}: ${text}\n`);
}

/** What hosts still run when they have had the time to end it. */
async function stillRunning({ machines }: World): Promise<string[]> {
  const giveUpAt = Date.now() + QUIET_WITHIN_MS;
  const left = () =>
    machines.flatMap((machine, host) => processesOn(machine, 'all').map((command) => `host ${host} runs ${command}`));
  while (left().length > 0 && Date.now() < giveUpAt) await delay(LOOK_EVERY_MS);
  return left();
}

function judge(report: Report, { seed, rounds, tasks, runs, begun, wrong, evidence }: HostsResult): void {
  report.heading(`hosts: ${rounds} rounds, seed ${seed}`);
  const all = Object.entries(runs).map(([status, count]) => `${count} ${status}`);
  report.line(`${tasks} tasks, ${begun} scripts begun on hosts; runs: ${all.join(', ')}`);
  for (const folder of evidence) report.line(`what there is to know of a round with problems: ${folder}`);
  const count = (...kinds: Problem['kind'][]) => kinds.reduce((sum, kind) => sum + (wrong[kind] ?? 0), 0);
  report.target('hosts: scripts that ran twice, or not at all', count('doubled', 'missing'), { atMost: 0 });
  report.target('hosts: lost though nothing had happened to them, or not lost', count('lost'), { atMost: 0 });
  report.target('hosts: logs that are not what was written', count('log'), { atMost: 0 });
  report.target('hosts: rows, counters and states that are otherwise', count('row', 'counter', 'state', 'stuck'), {
    atMost: 0,
  });
  report.target('hosts: processes and files left on hosts', count('process', 'folder'), { atMost: 0 });
}
