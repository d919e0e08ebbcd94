import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../machines/machine';
import { isAlive, read } from '../protocol/hosts';
import { MARKS_FILE } from './scripts';
import { HOMES } from './world';

/** What a host itself says of a run. */
export interface HostRun {
  host: number;
  /** How often its script has begun. */
  begun: number;
  /** Files of its folder; undefined where there is none. */
  files: readonly string[] | undefined;
  /** As the host keeps them; empty where they are not there. */
  claim: string;
  end: string;
  /** What is left of its log. */
  log: Buffer | undefined;
}

/** The part of a run's id that says whose it is: task, node, loop, attempt, ordinal, try, host. */
const KEY = /-(\d+-[^-]+-\d+-\d+\.\d+\.\d+-\d+)$/;

/** What a host knows of runs, by their keys. */
export function readHost(machine: Machine, host: number): Map<string, HostRun> {
  const runs = new Map<string, HostRun>();
  const runOf = (key: string): HostRun => {
    const run = runs.get(key) ?? { host, begun: 0, files: undefined, claim: '', end: '', log: undefined };
    runs.set(key, run);
    return run;
  };
  for (const home of HOMES) {
    const lines = read(machine.path(join(home, MARKS_FILE))).split('\n');
    for (const line of lines.filter((line) => line !== '')) {
      runOf(keyOf(line.split(' ')[1]!.replace(/;$/, ''))).begun += 1;
    }
    const base = machine.path(join(home, '.gantry/runs'));
    for (const id of namesIn(base)) {
      const file = (name: string) => join(base, id, name);
      const files = namesIn(join(base, id));
      Object.assign(runOf(keyOf(id)), {
        files,
        claim: read(file('claim')).trim(),
        end: read(file('end')).trim(),
        log: files.includes('log') ? readFileSync(file('log')) : undefined,
      });
    }
  }
  return runs;
}

/** The supervisors of runs that are under way on a host, by key. */
export function supervisorsOn(machine: Machine): Map<string, number> {
  const found = new Map<string, number>();
  for (const home of HOMES) {
    const base = machine.path(join(home, '.gantry/runs'));
    for (const id of namesIn(base)) {
      const [pid] = read(join(base, id, 'claim')).split(' ');
      const isUnderWay = Number(pid) > 0 && !namesIn(join(base, id)).includes('end');
      if (isUnderWay && isAlive(machine.path('/proc'), Number(pid))) found.set(keyOf(id), Number(pid));
    }
  }
  return found;
}

/**
 * The commands that run on a host, but for those that belong to the host itself.
 *
 * @param what `scripts`: only those with the mark of a run
 */
export function processesOn(machine: Machine, what: 'scripts' | 'all'): string[] {
  const proc = machine.path('/proc');
  return namesIn(proc)
    .filter((name) => /^\d+$/.test(name) && isAlive(proc, Number(name)) && read(join(proc, name, 'comm')) !== 'sshd\n')
    .filter((pid) => what === 'all' || read(join(proc, pid, 'environ')).includes('GANTRY_RUN='))
    .map((pid) => read(join(proc, pid, 'cmdline')).replaceAll('\0', ' '))
    .filter((command) => command !== '');
}

function keyOf(id: string): string {
  const [, key] = KEY.exec(id) ?? [];
  if (key === undefined) throw new Error(`${id} is no id of a run`);
  return key;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
