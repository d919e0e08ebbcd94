import fs from 'node:fs';
import path from 'node:path';
import { stringifyJson } from '../base/json';
import { readJsonIfThere, writeFileAtomic } from './files';
import type { Home } from './home';
import { bootId, type ProcessIdentity, readIdentity } from './identity';
import { messageOf, say } from './output';

const SUFFIX = '.pid';

/**
 * Writes who a process is into a file of its own. What stack.json says is found again from these when that file is damaged
 * or gone. A file that cannot be written is no reason to end what runs.
 */
export function writePidFile(home: Home, name: string, identity: ProcessIdentity): void {
  try {
    fs.mkdirSync(home.pidFolder, { recursive: true, mode: 0o700 });
    writeFileAtomic(fileOf(home, name), `${stringifyJson({ ...identity, bootId: bootId() })}\n`);
  } catch (error) {
    say(`the pid file of ${name} cannot be written: ${messageOf(error)}`);
  }
}

/** Removes the pid file of a process that has ended. */
export function removePidFile(home: Home, name: string): void {
  try {
    fs.rmSync(fileOf(home, name), { force: true });
  } catch {
    // It names a process that is gone: that does no harm.
  }
}

/** The processes that pid files of this boot of the machine name, whether they live or not. */
export function readPidFiles(home: Home): Record<string, ProcessIdentity> {
  const found: Record<string, ProcessIdentity> = {};
  for (const file of listFolder(home.pidFolder)) {
    if (!file.endsWith(SUFFIX)) continue;
    const value = readJsonIfThere(path.join(home.pidFolder, file));
    const identity = readIdentity(value);
    if (identity && (value as { bootId?: unknown }).bootId === bootId()) {
      found[file.slice(0, -SUFFIX.length)] = identity;
    }
  }
  return found;
}

function fileOf(home: Home, name: string): string {
  return path.join(home.pidFolder, `${name}${SUFFIX}`);
}

function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
