import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../db/connection';
import type { Boot } from '../../stack/backends';
import { runStack } from '../../stack/lifecycle';
import { machinesHere } from '../machines/here';
import { Report, round } from '../report';
import { bootStack, removeTemporaryHome, type Stack, temporaryHome } from '../stack';
import { createMarks, type Witnesses } from './evidence';
import { FAULTS, mountSmallDisk, SERVER_FAULTS } from './inject';
import { processesOf } from './leaks';
import { bootMarks } from './marks';
import { breakProtocol, type ProtocolOptions, type ProtocolResult } from './protocol/protocol';
import { type RoundResult, runRound, untilWhole } from './round';
import { soak } from './soak';

const SMALL_DISK_MB = 700;
const LEAK_GRACE_MS = 5_000;
const WORKER_RECOVERY_MS = 15_000;
const POOL = { maxConnections: 5 };
/** Those that need no stack, or more than a fault does. */
const OTHERS = ['protocol', 'soak'];

interface Options {
  names: string[];
  rounds: number;
  tasks: number;
  minutes: number;
  seed: number;
  /** Where `protocol` runs; left out, on machines where there can be such. */
  on: ProtocolOptions['on'] | undefined;
  jsonFile: string | undefined;
}

/** A stack to break, and who sees it. */
interface Scene {
  stack: Stack;
  boot: Boot;
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
 * `npm run faults [-- NAME...] [--rounds N] [--tasks N] [--minutes N] [--seed N] [--on machines|local] [--json FILE]`: breaks a stack of two
 * workers and two API processes on purpose, and judges what became of its tasks; `protocol` breaks runs on hosts.
 *
 * @returns 1 when anything was lost, done twice or got stuck
 */
async function main(): Promise<number> {
  const options = readArguments(process.argv.slice(2));
  const report = new Report();
  const rows: Row[] = [];
  for (const name of options.names.filter((name) => !OTHERS.includes(name))) {
    const row = await onOwnStack(name, (scene) => runFault(name, scene, options));
    if (typeof row === 'string') report.line(`${name}: ${row}`);
    else rows.push(row);
  }
  const soaked = options.names.includes('soak')
    ? await onOwnStack('soak', ({ stack, witnesses }) => soak(stack, witnesses, report, options.minutes))
    : undefined;
  if (rows.length > 0) print(report, rows, options);
  const protocol = options.names.includes('protocol') ? await runProtocol(report, options) : undefined;
  report.conclude();
  if (options.jsonFile) {
    const text = JSON.stringify({ faults: rows, soak: soaked, protocol, targets: report.targets }, null, 1);
    writeFileSync(options.jsonFile, `${text}\n`);
  }
  const others = [protocol, typeof soaked === 'object' ? soaked : undefined].filter((result) => result !== undefined);
  const verdicts = [...rows, ...others];
  return verdicts.every(({ problems }) => problems.length === 0) &&
    [...rows, ...(protocol ? [protocol] : [])].every(({ leaked }) => leaked === 0)
    ? 0
    : 1;
}

/** Boots a stack in a home of its own for one kind of fault; a text says why that cannot be. */
async function onOwnStack<Result>(name: string, work: (scene: Scene) => Promise<Result>): Promise<Result | string> {
  const isExternal = Boolean(process.env.DATABASE_URL || process.env.TEMPORAL_ADDRESS);
  if (isExternal && SERVER_FAULTS.includes(name))
    return 'needs servers of its own: unset DATABASE_URL, TEMPORAL_ADDRESS';
  if (name === 'disk-full' && process.getuid?.() !== 0) return 'needs root, to mount a small disk';
  let unmount: (() => void) | undefined;
  const home = temporaryHome((folder) => {
    if (name === 'disk-full') unmount = mountSmallDisk(folder, SMALL_DISK_MB);
  });
  let result: Result | undefined;
  let code: number;
  try {
    code = await runStack(home, async (boot) => {
      const store = await bootMarks(boot);
      const env = { BENCH_MARKS_URL: store.url };
      const stack = await bootStack(boot, { workers: 2, apis: 2, restart: 'always', env });
      const witnesses = { db: connect(stack.databaseUrl, POOL), marks: connect(store.url, POOL) };
      try {
        await createMarks(witnesses.marks);
        result = await work({ stack, boot, witnesses });
      } finally {
        await Promise.all([witnesses.db.destroy(), witnesses.marks.destroy()]);
        await stack.stop();
        await store.remove();
      }
      return 0;
    });
  } finally {
    unmount?.();
    removeTemporaryHome(home);
  }
  // Interrupted: what comes after this one is not wanted either.
  if (code !== 0) process.exit(code);
  return result!;
}

async function runFault(name: string, { stack, boot, witnesses }: Scene, { rounds, tasks }: Options): Promise<Row> {
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

function readArguments(given: string[]): Options {
  const options: Options = {
    names: [],
    rounds: 20,
    tasks: 100,
    minutes: 30,
    seed: 1,
    on: undefined,
    jsonFile: undefined,
  };
  const known = [...Object.keys(FAULTS), ...OTHERS];
  const rest = [...given];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--rounds') options.rounds = positive(word, rest.shift());
    else if (word === '--tasks') options.tasks = positive(word, rest.shift());
    else if (word === '--minutes') options.minutes = positive(word, rest.shift());
    else if (word === '--seed') options.seed = positive(word, rest.shift());
    else if (word === '--on') options.on = placeOf(rest.shift());
    else if (word === '--json') options.jsonFile = resolve(rest.shift() ?? 'faults.json');
    else if (known.includes(word)) options.names.push(word);
    else throw new Error(`npm run faults does not know ${word}; it has: ${known.join(', ')}`);
  }
  if (options.names.length === 0) options.names = Object.keys(FAULTS);
  return options;
}

function placeOf(text: string | undefined): ProtocolOptions['on'] {
  if (text !== 'machines' && text !== 'local') throw new Error('--on needs machines or local');
  return text;
}

function positive(option: string, text: string | undefined): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} needs a number above 0`);
  return value;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  },
);
