import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { machinesHere } from '../../bench/machines/here';
import type { Machine } from '../../bench/machines/machine';

/**
 * A suite on real hosts. Where there are none of the kind that it needs, it has one test instead, whose name says that it
 * is left out, and why; and the output of the whole run has a line that says so.
 *
 * @param needs `namespaces`: machines that can be cut off and rebooted, with users; `sshd`: any ssh server
 */
export function onMachines(name: string, needs: 'namespaces' | 'sshd', body: () => void): void {
  const { kind, why } = machinesHere();
  const isThere = kind === 'namespaces' || (kind === 'loopback' && needs === 'sshd');
  const because = why.replaceAll('\n', ' ');
  if (!isThere) tell(`left out: "${name}", because ${because}`);
  else if (kind === 'loopback') tell(`on ssh servers of this machine, not on hosts: "${name}", because ${because}`);
  describe(name, () => {
    if (isThere) body();
    else it(`is left out here: ${because}`, () => expect(machinesHere().kind).toBe(kind));
  });
}

/** Jest names tests only when a single file is run. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A file of a machine as text of bytes; nothing where there is none. */
export function readOn(machine: Machine, file: string): string {
  try {
    return readFileSync(machine.path(file), 'latin1');
  } catch {
    return '';
  }
}

/** The processes of a machine, as it numbers them itself. */
export function pidsOn(machine: Machine): number[] {
  return readdirSync(machine.path('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Everything that was written on a machine and has a text in it. */
export function filesWith({ disks }: Machine, text: string): string[] {
  return disks
    .flatMap((disk) => readdirSync(disk, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => read(file).includes(text) || file.includes(text));
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    // It has gone meanwhile.
    return Buffer.alloc(0);
  }
}
