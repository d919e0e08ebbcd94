import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isMisuse } from '../../cli/misuse';
import { connect } from '../../db/connection';
import type { Boot } from '../../stack/backends';
import { machinesHere } from '../machines/here';
import { Report, round } from '../report';
import { createMarks, type Witnesses } from './evidence';
import { breakHosts } from './hosts/hosts';
import { FAULTS, mountSmallDisk, SERVER_FAULTS } from './inject';
import { processesOf } from './leaks';
import { bootMarks } from './marks';
import { type Options, readOptions, USAGE } from './options';
import { breakProtocol, type ProtocolResult } from './protocol/protocol';
import { type RoundResult, runRound, untilWhole } from './round';
import { hasOuterServers, onOwnStack, type Scene } from './scene';
import { soak } from './soak';

const SMALL_DISK_MB = 700;
const LEAK_GRACE_MS = 5_000;
const WORKER_RECOVERY_MS = 15_000;
const POOL = { maxConnections: 5 };

/** A stack to break, and who sees it. */
interface Watched extends Scene {
  witnesses: Witnesses;
}

/** What a fault did, over all of its rounds. */
interface Row {
  fault: string;
  rounds: number;
  tasks: number;
  lost: number;
  doubled: number;
  stuck: number;
  leaked: number;
  slowestRecoveryMs: number;
  slowestEndMs: number;
  problems: string[];
}

/**
 * `npm run faults [-- NAME...] [OPTIONS]`: breaks what runs on purpose, and judges what became of it.
 *
 * @returns 1 when anything was lost, done twice or got stuck
 */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(USAGE);
    return 0;
  }
  const report = new Report();
  const { names, rounds, seed } = options;
  const rows: Row[] = [];
  for (const name of names.filter((name) => name in FAULTS)) {
    const row = await watched(name, (scene) => runFault(name, scene, options));
    if (typeof row === 'string') report.line(`${name}: ${row}`);
    else rows.push(row);
  }
  const soaked = names.includes('soak')
    ? await watched('soak', ({ stack, witnesses }) => soak(stack, witnesses, report, options.minutes))
    : undefined;
  if (rows.length > 0) print(report, rows, options);
  const protocol = names.includes('protocol') ? await runProtocol(report, options) : undefined;
  const hosts = names.includes('hosts') ? await breakHosts({ rounds, seed, report }) : undefined;
  report.conclude();
  if (hosts) process.stdout.write(`${JSON.stringify(hosts)}\n`);
  if (options.jsonFile) {
    const text = JSON.stringify({ faults: rows, soak: soaked, protocol, hosts, targets: report.targets }, null, 1);
    writeFileSync(options.jsonFile, `${text}\n`);
  }
  const others = [protocol, hosts, typeof soaked === 'object' ? soaked : undefined];
  const verdicts = [...rows, ...others.filter((result) => result !== undefined)];
  const isWhole = verdicts.every(({ problems }) => problems.length === 0);
  return isWhole && [...rows, ...(protocol ? [protocol] : [])].every(({ leaked }) => leaked === 0) ? 0 : 1;
}

/** Boots a stack for one kind of fault, and a store for the marks of its nodes; a text says why that cannot be. */
async function watched<Result>(name: string, work: (scene: Watched) => Promise<Result>): Promise<Result | string> {
  if (hasOuterServers() && SERVER_FAULTS.includes(name)) {
    return 'needs servers of its own: unset DATABASE_URL, TEMPORAL_ADDRESS';
  }
  if (name === 'disk-full' && process.getuid?.() !== 0) return 'needs root, to mount a small disk';
  return onOwnStack(
    {
      beside: bootMarks,
      prepare: (folder) => (name === 'disk-full' ? mountSmallDisk(folder, SMALL_DISK_MB) : () => {}),
    },
    async (scene, store) => {
      const marks = connect(store.url, POOL);
      try {
        await createMarks(marks);
        return await work({ ...scene, witnesses: { db: scene.db, marks } });
      } finally {
        await marks.destroy();
      }
    },
  );
}

async function runFault(name: string, { stack, boot, witnesses }: Watched, { rounds, tasks }: Options): Promise<Row> {
  const row: Row = {
    fault: name,
    rounds: 0,
    tasks: 0,
    lost: 0,
    doubled: 0,
    stuck: 0,
    leaked: 0,
    slowestRecoveryMs: 0,
    slowestEndMs: 0,
    problems: [],
  };
  for (let number = 1; number <= rounds; number++) {
    const result = await runRound(stack, witnesses, tasks, () => FAULTS[name]!(boot));
    await untilWhole(stack);
    const leaked = await countLeaks(boot);
    add(row, result, leaked);
    const { lost, doubled, stuck, recoveryMs } = result;
    process.stdout.write(
      `${name} ${number}/${rounds}: ${lost} lost, ${doubled} doubled, ${stuck} stuck, first sign of life after ${round(recoveryMs / 1000)} s\n`,
    );
    for (const problem of result.problems) process.stdout.write(`  ${problem}\n`);
  }
  return row;
}

/** Kills those who follow scripts on hosts, their supervisors, and the hosts. */
async function runProtocol(report: Report, { rounds, seed, on: wanted }: Options): Promise<ProtocolResult> {
  const { kind, why } = machinesHere();
  const on = wanted ?? (kind === 'namespaces' ? 'machines' : 'local');
  if (!wanted && why) process.stdout.write(`protocol: on folders that do as if they were hosts, because ${why}\n`);
  const result = await breakProtocol({
    on,
    rounds,
    seed,
    onRound: (round, results) => {
      const killed = results.reduce((sum, one) => sum + one.killed, 0);
      process.stdout.write(`protocol ${round}/${rounds}: ${results.length} runs, ${killed} clients killed\n`);
      for (const problem of results.flatMap(({ problems }) => problems)) process.stdout.write(`  ${problem}\n`);
    },
  });
  const { leftOut, runs, clientsKilled, hit, lost, leaked, problems } = result;
  const where = on === 'machines' ? 'on real hosts, by ssh' : 'on folders of this machine';
  report.heading(`protocol: ${rounds} rounds, seed ${seed}, ${where}`);
  if (leftOut.length > 0) report.line(`left out, because this machine has not got them: ${leftOut.join(', ')}`);
  report.line(`${runs} runs, ${clientsKilled} clients killed`);
  report.line(`${hit} met the end of their supervisor or their host, ${lost} are lost`);
  report.target('protocol: runs that are otherwise than they have to be', problems.length, { atMost: 0 });
  report.target('protocol: lost, though nothing had happened to them', lost - hit, { atMost: 0 });
  report.target('protocol: processes left', leaked, { atMost: 0 });
  return result;
}

function add(row: Row, result: RoundResult, leaked: number): void {
  row.rounds += 1;
  row.tasks += result.tasks;
  row.lost += result.lost;
  row.doubled += result.doubled;
  row.stuck += result.stuck;
  row.leaked += leaked;
  row.slowestRecoveryMs = Math.max(row.slowestRecoveryMs, result.recoveryMs);
  row.slowestEndMs = Math.max(row.slowestEndMs, result.endedMs);
  row.problems.push(...result.problems);
}

/** Processes of the stack that its supervisor does not know (any more); those that are just ending are given a moment. */
async function countLeaks({ home, record }: Boot): Promise<number> {
  const strangers = () => {
    const known = new Set(Object.values(record.processes).map(({ pid }) => pid));
    return processesOf(home.folder).filter((pid) => !known.has(pid)).length;
  };
  if (strangers() > 0) await delay(LEAK_GRACE_MS);
  return strangers();
}

function print(report: Report, rows: Row[], { tasks }: Options): void {
  report.heading(`faults: ${tasks} tasks a round`);
  report.table(
    ['fault', 'rounds', 'tasks', 'lost', 'doubled', 'stuck', 'leaked', 'slowest recovery s', 'all ended s'],
    rows.map((row) => [
      row.fault,
      ...[row.rounds, row.tasks, row.lost, row.doubled, row.stuck, row.leaked].map(String),
      round(row.slowestRecoveryMs / 1000),
      round(row.slowestEndMs / 1000),
    ]),
  );
  for (const { fault, lost, doubled, stuck, leaked, slowestRecoveryMs } of rows) {
    report.target(`${fault}: lost, doubled, stuck, leaked`, lost + doubled + stuck + leaked, { atMost: 0 });
    if (fault === 'worker')
      report.target('worker: slowest recovery, ms', slowestRecoveryMs, { atMost: WORKER_RECOVERY_MS });
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (!isMisuse(error)) process.stderr.write(`${(error as Error).stack}\n`);
    else process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(isMisuse(error) ? 2 : 1);
  },
);
