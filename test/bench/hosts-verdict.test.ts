import type { HostRun } from '../../bench/faults/hosts/on-hosts';
import type { RunRow, StepRow } from '../../bench/faults/hosts/rows';
import { saidOn, type Talk } from '../../bench/faults/hosts/scripts';
import type { HostNode, HostTask, Kind } from '../../bench/faults/hosts/tasks';
import { type Happened, judge } from '../../bench/faults/hosts/verdict';

const TALK: Talk = { mark: 'm', lines: 4, pauseEvery: 2, failsOn: [], failsAgain: false, hasSecret: false };
const SAID = saidOn(0, TALK);
const END = `0 exit 1 2 0 ${SAID.length}`;
const KEY = '7-n1-1-1.1.1-40';

describe('the verdict over a run on a host', () => {
  it('is clear when it is ok, began once, and its log is what was written', () => {
    expect(kindsOf({})).toEqual([]);
  });

  it.each<[string, Given, string[]]>([
    ['whose script began twice', { host: { begun: 2 } }, ['doubled']],
    ['that is ok and never began', { host: { begun: 0 } }, ['missing']],
    ['that began and has no row', { row: { key: 'other' } }, expect.arrayContaining(['doubled'])],
    ['whose log has a gap', { row: withLog(Buffer.concat([SAID.subarray(0, 20), SAID.subarray(30)])) }, ['log']],
    ['whose log has bytes twice', { row: withLog(Buffer.concat([SAID, SAID.subarray(10)])) }, ['log']],
    ['whose log lacks its end', { row: withLog(SAID.subarray(0, 30)) }, ['log']],
    ['whose pieces do not meet', { row: { isSeamless: false } }, ['log']],
    ['that was read less far than it wrote', { row: { readBytes: 3 } }, ['log']],
    ['with another exit code than on its host', { row: { exitCode: 4 } }, ['row', 'row']],
    ['that still runs', { row: { status: 'running', log: Buffer.alloc(0), logBytes: 0 } }, ['stuck']],
    ['that is lost and has ended on its host', { row: { status: 'lost' } }, ['lost', 'lost', 'state']],
    ['that nobody knows the end of, and is ok', { host: { end: '' } }, ['lost', 'row', 'row']],
    ['that was cancelled by nobody', { row: { status: 'cancelled' } }, ['row', 'state']],
    ['that is unreachable though nothing was wrong', { row: { status: 'unreachable' } }, ['row', 'row', 'state']],
    ['that left parameters on its host', { host: { files: ['claim', 'end', 'env.1'] } }, ['folder']],
    [
      'that keeps the result of a run that there is not, and ran itself',
      { row: { status: 'skipped', fromRun: '9' } },
      ['row', 'doubled', 'log'],
    ],
    ['whose step counts otherwise', { step: { failed: 1 } }, ['counter']],
    ['whose task goes on', { state: 'RUNNING' }, ['state']],
    ['whose task was revoked by nobody', { state: 'REVOKED' }, ['state']],
  ])('finds one %s', (_, given, kinds) => {
    expect(kindsOf(given)).toEqual(kinds);
  });

  it.each<[string, Given]>([
    [
      'one that was stopped, with the last words of its shell',
      {
        kind: 'stopped',
        state: 'REVOKED',
        row: {
          status: 'cancelled',
          ...withLog(Buffer.concat([SAID.subarray(0, SAID.indexOf('\n') + 1), Buffer.from('Terminated\n')])),
        },
        host: { end: '143 cancelled 1 2 0 52' },
      },
    ],
    [
      'one that is lost by a reboot',
      {
        state: 'FAILED',
        row: { status: 'lost', exitCode: null, ...withLog(SAID.subarray(0, 20)) },
        host: { end: '', files: ['claim', 'log', 'pid'] },
        step: { failed: 1, failedRows: 1 },
        hit: { rebooted: new Set([0]) },
      },
    ],
    [
      'one whose supervisor was killed before it was cancelled',
      {
        kind: 'stopped',
        state: 'REVOKED',
        row: { status: 'lost', exitCode: null, readBytes: 20, ...withLog(SAID.subarray(0, 20)) },
        host: { end: '- cancelled 1 2 0 20' },
        step: { failed: 1, failedRows: 1 },
        hit: { killed: new Set([KEY]) },
      },
    ],
    [
      'one that could not begin because its host was cut off',
      {
        state: 'FAILED',
        row: { status: 'unreachable', exitCode: null, ...withLog(Buffer.alloc(0)) },
        host: { claim: '', end: '', begun: 0, files: undefined },
        hit: { away: new Set([0]) },
      },
    ],
  ])('accepts %s', (_, given) => {
    expect(kindsOf(given)).toEqual([]);
  });
});

interface Given {
  kind?: Kind;
  state?: string;
  row?: Partial<RunRow>;
  host?: Partial<HostRun>;
  step?: Partial<StepRow>;
  hit?: Partial<Pick<Happened, 'away' | 'rebooted' | 'killed'>>;
}

function withLog(log: Buffer): Partial<RunRow> {
  return { log, logBytes: log.length };
}

/** What is wrong with a task of one node on one host. */
function kindsOf({ kind = 'much', state = 'FINISHED', row, host, step, hit }: Given): string[] {
  const node: HostNode = {
    id: 'n1',
    talk: TALK,
    hosts: [0],
    account: null,
    timeoutSeconds: 60,
    concurrency: 1,
    maxFailed: null,
  };
  const task: HostTask = { id: 7, kind, nodes: [node] };
  const at = { taskId: 7, nodeId: 'n1', attempt: 1 };
  const run: RunRow = {
    ...at,
    id: '1',
    key: KEY,
    hostId: 40,
    status: 'ok',
    exitCode: 0,
    reason: '',
    fromRun: null,
    readBytes: SAID.length,
    logBytes: SAID.length,
    log: SAID,
    isSeamless: true,
    ...row,
  };
  const seen: HostRun = {
    host: 0,
    begun: 1,
    files: ['claim', 'end'],
    claim: '9 1 boot 1',
    end: END,
    log: undefined,
    ...host,
  };
  const steps = [{ ...at, failed: 0, failedRows: 0, ...step }];
  const problems = judge({
    tasks: [task],
    rows: { states: new Map([[7, state]]), open: [], steps, runs: [run] },
    hostIds: [40],
    onHosts: new Map([[KEY, seen]]),
    away: new Set(),
    rebooted: new Set(),
    killed: new Set(),
    ...hit,
  });
  return problems.map((problem) => problem.kind);
}
