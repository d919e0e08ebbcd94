import { readdirSync, readFileSync } from 'node:fs';

/**
 * Pids of processes that belong to a stack by what they were started with: the home's folder is among their arguments
 * (servers) or in their environment as GANTRY_HOME (services). Empty where there is no /proc.
 */
export function processesOf(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(
      (pid) =>
        read(`/proc/${pid}/cmdline`).includes(folder) || read(`/proc/${pid}/environ`).includes(`GANTRY_HOME=${folder}`),
    )
    .map(Number);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // Somebody else's, or gone.
  }
}
