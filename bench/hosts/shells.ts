import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The shells that are `sh` on the hosts of this world. */
export const SHELLS = ['dash', 'bash', 'busybox'] as const;
export type Shell = (typeof SHELLS)[number];

/** Where a program of this machine is; undefined where there is none. */
export function findProgram(
  name: string,
  folders: readonly string[] = (process.env.PATH ?? '').split(delimiter),
): string | undefined {
  const candidates = folders.map((folder) => join(folder, name));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Makes a folder of programs in which `sh` is the given shell.
 *
 * @returns the PATH of such a host: with busybox, nothing but its applets are in it
 */
export function makePath(shell: Shell, folder: string): string {
  const program = findProgram(shell);
  if (program === undefined) throw new Error(`there is no ${shell} on this machine`);
  mkdirSync(folder, { recursive: true });
  if (shell !== 'busybox') {
    symlinkSync(program, join(folder, 'sh'));
    return [folder, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
  }
  linkApplets(program, folder);
  return folder;
}

/** Makes a folder with all that a busybox can do, by name. */
export function linkApplets(busybox: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const applet of applets) symlinkSync(busybox, join(folder, applet));
}
