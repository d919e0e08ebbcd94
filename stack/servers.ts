import fs from 'node:fs';
import path from 'node:path';
import type { Home } from './home';
import { allPids, commandOf, type ProcessIdentity, startTimeOf } from './identity';
import { clusterDataFolder } from './postgres-user';
import { postmasterPid } from './postmaster';

/** A server that works on data of a home. */
export type ServerName = 'postgres' | 'temporal';

/**
 * The servers that run on the data of a home, whoever started them and whatever any file of ours says: Postgres by its
 * command line, or by its postmaster.pid and the folder that it works in; Temporal by its command line.
 */
export function serversOn(home: Home): { name: ServerName; identity: ProcessIdentity }[] {
  const dataFolder = clusterDataFolder(home);
  const noted = postmasterPid(dataFolder);
  return allPids().flatMap((pid) => {
    const [program = '', ...args] = commandOf(pid);
    const isPostgres =
      // Its backends call themselves otherwise.
      path.basename(program) === 'postgres' &&
      (isSamePlace(after(args, '-D'), dataFolder) || (pid === noted && isSamePlace(`/proc/${pid}/cwd`, dataFolder)));
    const isTemporal = args.includes('start-dev') && isSamePlace(after(args, '--db-filename'), home.temporalDatabase);
    const startTime = isPostgres || isTemporal ? startTimeOf(pid) : undefined;
    if (startTime === undefined) return [];
    return [{ name: isPostgres ? 'postgres' : 'temporal', identity: { pid, startTime } }];
  });
}

function after(args: readonly string[], option: string): string | undefined {
  const at = args.indexOf(option);
  return at < 0 ? undefined : args[at + 1];
}

/** One place may be reached by several paths. */
function isSamePlace(one: string | undefined, other: string): boolean {
  return one !== undefined && (one === other || realPath(one) === realPath(other));
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}
