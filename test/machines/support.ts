import { machinesHere } from '../../bench/machines/here';

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
