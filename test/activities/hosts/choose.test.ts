import { chooseHosts, strangersIn } from '../../../activities/hosts/choose';
import type { LastRun } from '../../../db/earlier-runs';
import type { HostRunStatus } from '../../../db/schema';
import type { HostChoice } from '../../../pipeline/machine';

const STATUSES: HostRunStatus[] = ['ok', 'failed', 'unreachable', 'not_run', 'cancelled', 'lost', 'running', 'waiting'];
const ids = new Map(STATUSES.map((status, n) => [status, n + 1]));
const NEW = STATUSES.length + 1;

const last = new Map<number, LastRun>(
  STATUSES.map((status, n) => [
    n + 1,
    { runId: `r${n + 1}`, status, exitCode: status === 'failed' ? 7 : null, reason: 'why' },
  ]),
);
const targets = [...ids.values(), NEW].map((id) => ({ id, address: `10.0.0.${id}`, name: '', isDisabled: false }));

/** The hosts that run, by how they stood; `new` has no result. */
const run = (choice: HostChoice) =>
  chooseHosts({ targets, last, choice })
    .filter(({ skipped }) => skipped === '')
    .map(({ id }) => STATUSES[id - 1] ?? 'new');

describe('the hosts of an attempt', () => {
  it('are those on which it is surely not done, unless more is asked for', () => {
    expect(run('unfinished')).toEqual(['failed', 'unreachable', 'not_run', 'cancelled', 'waiting', 'new']);
    expect(run('all')).toEqual([...STATUSES, 'new']);
    expect(run([ids.get('ok')!, ids.get('lost')!])).toEqual(['ok', 'lost']);
  });

  it('keep the result that they have where they are not run, and count as that', () => {
    const hosts = chooseHosts({ targets, last, choice: [NEW] });
    const kept = hosts.map(({ id, keeps = 'skipped', fromRun }) => [STATUSES[id - 1] ?? 'new', keeps, fromRun]);

    expect(kept).toEqual([
      ['ok', 'skipped', 'r1'],
      ['failed', 'failed', 'r2'],
      ['unreachable', 'unreachable', 'r3'],
      ['not_run', 'not_run', null],
      ['cancelled', 'cancelled', 'r5'],
      ['lost', 'lost', 'r6'],
      ['running', 'lost', 'r7'],
      ['waiting', 'not_run', null],
      ['new', 'skipped', null],
    ]);
    expect(hosts[1]).toMatchObject({ exitCode: 7, skipped: 'why; this attempt is for other hosts' });
  });

  it('that are lost say how they are run all the same', () => {
    const lost = chooseHosts({ targets, last, choice: 'unfinished' })[5]!;

    expect(lost.skipped).toBe('why; the script may have run there: to run it there, retry with hosts [6] or "all"');
  });

  it('are not run in maintenance, and keep there what they have', () => {
    const inMaintenance = targets.map((target) => ({ ...target, isDisabled: true }));
    const hosts = chooseHosts({ targets: inMaintenance, last, choice: 'unfinished' });

    expect(hosts[0]).toMatchObject({ fromRun: 'r1', skipped: 'it was done before' });
    expect(hosts[1]).toMatchObject({ fromRun: null, skipped: 'it is in maintenance' });
  });

  it('are those of the list, and no others', () => {
    expect(strangersIn([1, 77, 2, 78], targets)).toEqual([77, 78]);
    expect(strangersIn('all', targets)).toEqual([]);
  });
});
