import { machinesHere } from '../../bench/machines/here';

/**
 * A suite on real hosts. Where there are none of the kind that it needs, it has one test instead, whose name says that it
 * is left out, and why.
 *
 * @param needs `namespaces`: machines that can be cut off and rebooted, with users; `sshd`: any ssh server
 */
export function onMachines(name: string, needs: 'namespaces' | 'sshd', body: () => void): void {
  const { kind, why } = machinesHere();
  const isThere = kind === 'namespaces' || (kind === 'loopback' && needs === 'sshd');
  describe(name, () => {
    if (isThere) body();
    else it(`is left out here: ${why.replaceAll('\n', ' ')}`, () => expect(machinesHere().kind).toBe(kind));
  });
}
