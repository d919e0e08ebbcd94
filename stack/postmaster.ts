import fs from 'node:fs';
import path from 'node:path';
import { startTimeOf } from './identity';

/** The file in which Postgres itself says who serves a data folder. */
function fileOf(dataFolder: string): string {
  return path.join(dataFolder, 'postmaster.pid');
}

/** The pid that postmaster.pid names; undefined when there is no file, or no pid in it. */
export function postmasterPid(dataFolder: string): number | undefined {
  try {
    const pid = Number(fs.readFileSync(fileOf(dataFolder), 'utf8').split('\n')[0]);
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes the postmaster.pid of a killed Postgres when its pid is somebody else's by now, or when no pid is in it. Postgres
 * itself removes it only when no process has that pid, and would otherwise never start again. Call it when no server
 * runs on the folder.
 */
export function removeStalePidFile(dataFolder: string): void {
  const pid = postmasterPid(dataFolder);
  // When nobody has the pid Postgres sees that itself, and whether backends of the old server still live.
  if (pid !== undefined && startTimeOf(pid) === undefined) return;
  fs.rmSync(fileOf(dataFolder), { force: true });
}
